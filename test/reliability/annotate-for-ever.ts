// A lab to be killed: judges, flags, undoes, and says what was acknowledged, one line each.
import { createLab } from '../../src/main/lab/index.ts';

const [project, stateDir] = process.argv.slice(2) as [string, string];
const lab = createLab({ stateDir, startQueued: false, emit: () => undefined });
await lab.call('project.open', { path: project });
for (let n = 0; ; n++) {
  const reason = `reason ${process.pid}-${n} `.repeat(20);
  const reply = await lab.call('judgements.set', { classId: 1 + (n % 3), verdict: 'unsure', reason, annotator: 'ann' }); // prettier-ignore
  if (reply.ok) process.stdout.write(`${reason}\n`);
}
