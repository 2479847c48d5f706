// How a corpus writes words and punctuation, and a sentence rewritten that way, so that scoring it is no spelling test.

export interface TextForm {
  /** Sentences do not begin with capitals. */
  lowerCase: boolean;
  /** White space before a full stop, comma and the like, and around quotation marks and brackets. */
  spacedPunctuation: boolean;
  /** White space around the hyphen of a compound: carbon - rich. */
  spacedHyphens: boolean;
  /** Clitics apart, as the Penn Treebank has them: it 's, do n't. */
  spacedClitics: boolean;
}

/** A tokenised, lower-cased corpus with clitics attached, as BabyLM's `aochildes` and babylm_mini's `wikipedia` are. */
export const tokenisedForm: TextForm = {
  lowerCase: true,
  spacedPunctuation: true,
  spacedHyphens: false,
  spacedClitics: false,
};

/** What speaks for one of two ways of writing, and how to find it. */
const evidence: Record<keyof TextForm, { yes: RegExp; no: RegExp }> = {
  lowerCase: { yes: /^[^\p{L}]*\p{Ll}/gu, no: /^[^\p{L}]*\p{Lu}/gu },
  spacedPunctuation: { yes: /\s[.,?!;:](?=\s|$)/gu, no: /[\p{L}\p{N}][.,?!;:](?=\s|$)/gu },
  spacedHyphens: { yes: /\p{L} - \p{L}/gu, no: /\p{L}-\p{L}/gu },
  spacedClitics: {
    yes: /\s(?:n't|'(?:s|re|ve|ll|d|m))(?=\s|$)/giu,
    no: /\p{L}(?:n't|'(?:s|re|ve|ll|d|m))(?![\p{L}'])/giu,
  },
};

/** The form that some lines of a corpus have: each way of writing that more of them show than its opposite. */
export function measureTextForm(lines: Iterable<string>): TextForm {
  const form = { ...tokenisedForm };
  const balance = { lowerCase: 0, spacedPunctuation: 0, spacedHyphens: 0, spacedClitics: 0 };
  const keys = Object.keys(balance) as (keyof TextForm)[];
  for (const line of lines)
    for (const key of keys)
      balance[key] += (line.match(evidence[key].yes)?.length ?? 0) - (line.match(evidence[key].no)?.length ?? 0); // prettier-ignore
  for (const key of keys) form[key] = balance[key] > 0;
  return form;
}

/**
 * A sentence written as a corpus of some form is. In this order, each where the form has it: everything in lower
 * case; clitics ('s 're 've 'll 'd 'm n't) apart; hyphens between letters apart; brackets and double quotation marks
 * apart, and the marks . , ? ! ; : … too, but not where a letter or digit follows ("u.s", "3.5", "1,000"). Words are
 * otherwise left alone ("don't"), and white space becomes single spaces.
 */
export function likeCorpus(sentence: string, form: TextForm = tokenisedForm): string {
  let text = sentence;
  if (form.lowerCase) text = text.toLowerCase();
  if (form.spacedClitics)
    text = text.replace(/(\p{L})(n't|'(?:s|re|ve|ll|d|m))(?![\p{L}'])/giu, '$1 $2');
  if (form.spacedHyphens) text = text.replace(/(\p{L})-(?=\p{L})/gu, '$1 - ');
  if (form.spacedPunctuation)
    text = text.replace(/[()[\]{}"“”„«»]|[.,?!;:…]+(?![\p{L}\p{N}])/gu, ' $& ');
  return text.replace(/\s+/gu, ' ').trim();
}
