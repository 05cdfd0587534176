// One line for each test, the whole error of each failure, and `N passed, N failed` at the end.
import { inspect } from 'node:util';

export default async function* report(events) {
  let passed = 0;
  let failed = 0;
  for await (const { type, data } of events) {
    if (type === 'test:pass') {
      if (data.details.type === 'suite') continue;
      passed += 1;
      yield `ok   ${data.name} (${Math.round(data.details.duration_ms)} ms)\n`;
    } else if (type === 'test:fail') {
      if (data.details.type === 'suite' && data.details.error?.failureType === 'subtestsFailed') continue;
      failed += 1;
      const error = data.details.error?.cause ?? data.details.error;
      yield `FAIL ${data.name}\n${indent(inspect(error))}\n`;
    } else if (type === 'test:stdout' || type === 'test:stderr') {
      yield data.message;
    }
  }
  yield `${passed} passed, ${failed} failed\n`;
}

function indent(text) {
  return text.replace(/^/gm, '     ');
}
