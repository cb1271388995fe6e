import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a run of jest writes with `--json`, as far as it is read here. */
interface TestRun {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as TestRun;
const failedFiles = ({ testResults }: TestRun) => testResults.filter(({ status }) => status === 'failed');

/** The files in which a test failed, a line each. */
function printFailed(file: string): void {
  for (const { name } of failedFiles(read(file))) console.log(name);
}

/** Takes the tests that failed for passed, and names them. */
function forgive(file: string): void {
  const run = read(file);
  for (const { assertionResults } of failedFiles(run)) {
    for (const { status, fullName } of assertionResults) if (status === 'failed') console.log(fullName);
  }
  const numPassedTests = run.numPassedTests + run.numFailedTests;
  writeFileSync(
    file,
    JSON.stringify({ ...run, numPassedTests, numFailedTests: 0, numRuntimeErrorTestSuites: 0 }),
  );
}

/** How many passed and failed in all runs of a folder, and in steps that failed without a failing test (lint, say). */
function printTotal(folder: string, failedSteps = '0'): void {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const runs = files.map((file) => read(join(folder, file)));
  const sum = (of: (run: TestRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  const failedTests = sum((run) => run.numFailedTests + run.numRuntimeErrorTestSuites);
  const failed = Math.max(failedTests, Number(failedSteps));
  console.log(`\n${sum((run) => run.numPassedTests)} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

const [command = '', path = '', failedSteps] = process.argv.slice(2);
if (command === 'failed') printFailed(path);
else if (command === 'forgive') forgive(path);
else if (command === 'total') printTotal(path, failedSteps);
else throw new Error(`failed, forgive or total, not ${JSON.stringify(command)}`);
