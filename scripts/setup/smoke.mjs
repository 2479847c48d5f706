// Loads the engine as the app does and multiplies two matrices; exits non-zero where that fails.
import { loadEngine } from '../../src/main/lab/engine/index.ts';

const { tf, info } = loadEngine();
const sum = tf
  .matMul(tf.ones([4, 8]), tf.ones([8, 4]))
  .sum()
  .dataSync()[0];
if (sum !== 128) throw new Error(`4×8 ones times 8×4 ones must sum to 128, not ${sum}`);
console.log(JSON.stringify(info));
