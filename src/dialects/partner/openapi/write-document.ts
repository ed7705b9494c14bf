import '../../../common/assert-node';
import 'reflect-metadata';
import { openApiDocument, openApiText } from './document';
import { sdkSource } from './sdk-source';

// The file asked for, on the standard output: the document, or the types of the client.
process.stdout.write(process.argv[2] === 'sdk' ? sdkSource(openApiDocument()) : openApiText());
