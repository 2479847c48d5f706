// What a tokenizer adds around a text by itself (`</s>` in front, with OPT's), from its post-processor.
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';

export interface AddedAround {
  before: number[];
  after: number[];
}

const Step = z.union([
  z.object({ SpecialToken: z.object({ id: z.string() }) }),
  z.object({ Sequence: z.object({ id: z.string() }) }),
]);
const Template = z.object({
  type: z.literal('TemplateProcessing'),
  single: z.array(Step),
  special_tokens: z.record(z.string(), z.object({ ids: z.array(z.int()) })),
});
const named = z.tuple([z.string(), z.int()]);
const Around = z.object({
  type: z.enum(['RobertaProcessing', 'BertProcessing']),
  cls: named,
  sep: named,
});
const Nothing = z.union([z.null(), z.undefined(), z.object({ type: z.literal('ByteLevel') })]);
const Sequence = z.object({ type: z.literal('Sequence'), processors: z.array(z.unknown()) });

/** Reads `post_processor` of a tokenizer.json; AppError('bad-file') for a kind that is not known. */
export function addedAround(postProcessor: unknown): AddedAround {
  if (Nothing.safeParse(postProcessor).success) return { before: [], after: [] };
  const sequence = Sequence.safeParse(postProcessor);
  if (sequence.success) {
    const all = sequence.data.processors.map(addedAround);
    return {
      before: all.toReversed().flatMap(({ before }) => before),
      after: all.flatMap(({ after }) => after),
    };
  }
  const around = Around.safeParse(postProcessor);
  if (around.success) return { before: [around.data.cls[1]], after: [around.data.sep[1]] };
  const template = Template.safeParse(postProcessor);
  if (!template.success)
    throw new AppError('bad-file', 'The tokenizer has a post_processor of a kind that is not known here; use one with TemplateProcessing or ByteLevel.', JSON.stringify(postProcessor)); // prettier-ignore
  const { single, special_tokens } = template.data;
  const at = single.findIndex((step) => 'Sequence' in step);
  const ids = (steps: typeof single) =>
    steps.flatMap((step) => ('SpecialToken' in step ? (special_tokens[step.SpecialToken.id]?.ids ?? []) : [])); // prettier-ignore
  return { before: ids(single.slice(0, at)), after: ids(single.slice(at + 1)) };
}
