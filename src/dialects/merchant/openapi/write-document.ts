import '../../../common/assert-node';
import 'reflect-metadata';
import { merchantText } from './document';

process.stdout.write(merchantText());
