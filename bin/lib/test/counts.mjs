/**
 * Counts from Vitest's JSON report. A file that could not even be loaded has no tests and counts as one failure; a run that failed with no failure to show
 * for it (a crash, an unhandled error) too.
 */
export function vitestCounts(json, ok) {
  if (json === null) return { passed: 0, failed: 1, skipped: 0 };
  const broken = json.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed'),
  );
  const failed = json.numFailedTests + broken.length;
  return {
    passed: json.numPassedTests,
    failed: failed === 0 && !ok ? 1 : failed,
    skipped: json.numPendingTests + json.numTodoTests,
  };
}

/** Counts from Playwright's JSON report; a test that passed at a second try counts as passed only because retries are off. */
export function playwrightCounts(json, ok) {
  if (json === null) return { passed: 0, failed: 1, skipped: 0 };
  const { expected, unexpected, flaky, skipped } = json.stats;
  const failed = unexpected + flaky;
  return { passed: expected, failed: failed === 0 && !ok ? 1 : failed, skipped };
}
