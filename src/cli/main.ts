import '../common/assert-node';
import 'reflect-metadata';
import { processEnv } from '../env';
import { runProgram } from './command';
import { runCli } from './run-cli';

runProgram(async () => {
  process.stdout.write(`${await runCli(process.argv.slice(2), processEnv)}\n`);
  return 0;
});
