import 'reflect-metadata';
import { openApiText } from './document';

process.stdout.write(openApiText());
