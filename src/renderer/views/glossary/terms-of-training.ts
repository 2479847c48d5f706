// What is measured on a model in training.
import type { Term } from './terms.ts';

export const training: Term[] = [
  {
    id: 'loss',
    name: 'loss',
    text: 'The mean cross entropy of a training batch, in nats a token: how surprised the model is by the text that it learns from.',
    formula: 'loss = −(1/n) Σ log P(token i | tokens before i)',
  },
  {
    id: 'held-out',
    name: 'held-out loss',
    text: 'The same on text that is never trained on, at each checkpoint.',
  },
  {
    id: 'perplexity',
    name: 'perplexity',
    text: 'The exponential of the held-out loss: among how many equally likely tokens the model is in doubt, as it were.',
    formula: 'perplexity = exp(held-out loss)',
  },
  {
    id: 'step',
    name: 'step',
    text: 'One update of the model’s weights by one batch of windows.',
  },
  {
    id: 'tokens-seen',
    name: 'tokens and words seen',
    text: 'Tokens in all windows trained on so far; words are stretches between white space, counted exactly. Text seen twice counts twice.',
  },
  {
    id: 'warm-up',
    name: 'warm-up',
    text: 'The first steps, over which the learning rate rises from 0 to its height. After it the rate is constant or falls linearly.',
  },
  {
    id: 'learning-rate',
    name: 'learning rate',
    text: 'How far one step of the optimiser (AdamW) moves the weights.',
    source: 'Loshchilov & Hutter 2019, arXiv 1711.05101',
  },
  {
    id: 'gradient-norm',
    name: 'gradient norm',
    text: 'The length of the gradient over all weights, before clipping. Above the clip norm the gradient is scaled down to it. Spikes mark steps that nearly went wrong.',
  },
  {
    id: 'window',
    name: 'window',
    text: 'A stretch of T tokens of the training text. Windows are shuffled by the seed anew each epoch, that is, each time through the text.',
  },
  {
    id: 'seed',
    name: 'seed',
    text: 'The number from which a run’s chance follows: first weights, dropout, the order of windows, samples of pairs. On a CPU the same seed gives the same run, bit for bit, in float32; in bfloat16 last digits can differ.',
  },
  {
    id: 'preset',
    name: 'preset, reconstruction',
    text: 'A named configuration. Those that stand for published models are reconstructions, since not all of their settings are public.',
  },
  {
    id: 'parameters',
    name: 'parameters',
    text: 'How many numbers the model has learnt. The model is Meta’s OPT: a Transformer decoder with learned positions.',
    source: 'Zhang et al. 2022, arXiv 2205.01068',
  },
];
