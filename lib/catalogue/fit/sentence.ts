import { nearestModel, OPEN_MODELS, type OpenModel } from './open-models.ts';
import { PRECISION_LABELS, type Precision, WORK_LABELS, type Work } from './workload.ts';
import { readAmount } from './workload-url.ts';

/** One thing that was read out of a sentence: the words, and what they were taken for. */
export type Understood = { readonly words: string; readonly meaning: string };

export type Sentence = {
  readonly understood: readonly Understood[];
  /** Fields of the form, as they stand in its address; what nothing was said of is absent. */
  readonly fields: Readonly<Record<string, string>>;
};

const MOST_LETTERS = 300;

/** What a kind of work is called, the plainest last: the first that is found counts. */
const WORK_WORDS: readonly (readonly [RegExp, Work])[] = [
  [/\bq-?lora\b/, 'qlora'],
  [/\blora\b/, 'lora'],
  [
    /\b(?:pre-?train(?:ing)?|full(?:y)?(?:[ -](?:fine-?)?tun(?:e|ing))?|from scratch|all (?:the )?weights|train(?:ing)?)\b/,
    'full',
  ],
  [/\b(?:fine[ -]?tun(?:e|ing)|tun(?:e|ing)|adapt)\b/, 'lora'],
  [/\b(?:run|serv(?:e|ing)|infer(?:ence)?|chat(?:bot)?|host|deploy|generat(?:e|ing|ion)|api)\b/, 'inference'],
];

const PRECISION_WORDS: readonly (readonly [RegExp, Precision])[] = [
  [/\b(?:fp32|float32|32[ -]?bit)\b/, 'fp32'],
  [/\b(?:fp16|bf16|float16|bfloat16|half precision|16[ -]?bit)\b/, 'fp16'],
  [/\b(?:int8|fp8|q8|8[ -]?bit)\b/, 'int8'],
  [/\b(?:int4|nf4|q4|awq|gptq|4[ -]?bit)\b/, 'int4'],
];

const SIZE =
  /(?<![\w.])(\d+(?:\.\d+)?)\s?(b|m|billion|million)(?:[ -]?(?:params?|parameters?))?(?![\w.]|\s?(?:tokens?|samples?))/;
const CONTEXT =
  /(\d[\d,]*)\s?(k)?(?:[ -]tokens?)?[ -](?:context|sequence length|tokens of context)|context(?: length)?(?: of)?\s(\d[\d,]*)\s?(k)?/;
const BATCH =
  /batch(?:[ -]size)?(?: of)?\s(\d+)|(\d+)\s(?:users|requests|sequences|people|chats)\b|(\d+)\s(?:at once|in parallel|concurrent)/;
const TOKENS =
  /(\d[\d,]*(?:\.\d+)?)\s?(k|m|b|t|thousand|million|billion|trillion)?\stokens(?! of context)(?![ -]context)/;
const DATA = /(\d+(?:\.\d+)?)\s?(gb|tb|mb)\b(?: of)?(?: data(?:set)?)?/;

/**
 * Reads a sentence like "fine-tune an 8B model on 20 million tokens" by stated rules and nothing else: a model's name or size, a
 * kind of work ("fine-tune" is LoRA, "train" is full training), a precision, a context, how many at once, tokens, GB of data.
 */
export function readSentence(sentence: string): Sentence {
  const text = sentence.toLowerCase().slice(0, MOST_LETTERS);
  const understood: Understood[] = [];
  const fields: Record<string, string> = {};
  const took = (words: string, meaning: string, named: Record<string, string>) => {
    understood.push({ words: words.trim(), meaning });
    Object.assign(fields, named);
  };
  const model = namedModel(text);
  if (model !== null) took(model.words, model.model.name, { model: model.model.id });
  else readSize(text, took);
  const work = firstOf(WORK_WORDS, text);
  if (work !== null) took(work.words, WORK_LABELS[work.value], { work: work.value });
  const precision = firstOf(PRECISION_WORDS, text);
  if (precision !== null) took(precision.words, PRECISION_LABELS[precision.value], { precision: precision.value });
  readNumbers(text, took);
  return { understood, fields };
}

type Took = (words: string, meaning: string, named: Record<string, string>) => void;

function firstOf<Value>(words: readonly (readonly [RegExp, Value])[], text: string) {
  for (const [pattern, value] of words) {
    const match = pattern.exec(text);
    if (match !== null) return { words: match[0], value };
  }
  return null;
}

/** A model of the table by its name, written with spaces, dashes or nothing between its parts; the longest name counts. */
function namedModel(text: string): { words: string; model: OpenModel } | null {
  let best: { words: string; model: OpenModel } | null = null;
  for (const model of OPEN_MODELS) {
    const parts = model.id.split('-').map((part) => part.replaceAll('.', '\\.'));
    const match = new RegExp(`(?<!\\w)${parts.join('[\\s-]?')}(?!\\w)`).exec(text);
    if (match !== null && (best === null || match[0].length > best.words.length)) best = { words: match[0], model };
  }
  return best;
}

function readSize(text: string, took: Took): void {
  const match = SIZE.exec(text);
  if (match === null) return;
  const billions = Number(match[1]) / (match[2]?.startsWith('m') ? 1_000 : 1);
  const near = nearestModel(billions * 1e9);
  if (Math.abs(near.params / 1e9 / billions - 1) <= 0.1)
    took(match[0], `${near.name} stands for a model of this size`, { model: near.id });
  else
    took(match[0], `${billions} B parameters, otherwise shaped as ${near.name}`, {
      model: 'own',
      params: String(billions),
    });
}

function readNumbers(text: string, took: Took): void {
  const context = CONTEXT.exec(text);
  if (context !== null) {
    const tokens =
      Number((context[1] ?? context[3] ?? '').replaceAll(',', '')) * (context[2] || context[4] ? 1_024 : 1);
    took(context[0], `${tokens.toLocaleString('en')} tokens of context`, { context: String(tokens) });
  }
  const batch = BATCH.exec(text);
  if (batch !== null) {
    const count = batch[1] ?? batch[2] ?? batch[3] ?? '1';
    took(batch[0], `${count} at once`, { batch: count });
  }
  const tokens = TOKENS.exec(text);
  if (tokens !== null) {
    const count = readAmount(`${tokens[1]}${(tokens[2] ?? '').slice(0, 1)}`) ?? 0;
    took(tokens[0], `${count.toLocaleString('en')} tokens`, { tokens: String(count / 1e6) });
  }
  const data = DATA.exec(text);
  if (data !== null) {
    const gigabytes = Number(data[1]) * { gb: 1, tb: 1_000, mb: 0.001 }[data[2] as 'gb' | 'tb' | 'mb'];
    took(data[0], `${gigabytes} GB to download`, { data: String(gigabytes) });
  }
}
