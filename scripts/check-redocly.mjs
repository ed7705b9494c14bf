// openapi.json and openapi.merchant.json by Redocly's recommended rules, without errors and without warnings.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT } from './project.mjs';

// It would tell its maker that it ran, and ask whether there is a newer version.
const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
const redocly = path.join(ROOT, 'node_modules/@redocly/cli/bin/cli.js');
for (const document of ['openapi.json', 'openapi.merchant.json']) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [redocly, 'lint', document, '--format', 'json', '--max-problems', '1000'],
    { cwd: ROOT, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const report = stdout.startsWith('{') ? JSON.parse(stdout) : undefined;
  if (report === undefined) {
    console.error(`redocly lint could not be run: ${stdout}${stderr}`);
    process.exit(1);
  }
  for (const { severity, ruleId, message, location } of report.problems.slice(0, 20))
    console.error(`${severity} ${ruleId}: ${message} (${location[0]?.pointer ?? ''})`);
  if (report.problems.length > 0 || status !== 0) {
    console.error(`${report.problems.length} problems in ${document}`);
    process.exitCode = 1;
  }
}
