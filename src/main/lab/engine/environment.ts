// What TensorFlow reads from the environment when its library loads.

/**
 * Sets it. In a worker thread this has no effect (its process.env is a copy): call it in the main thread first.
 *
 * TF_ENABLE_ONEDNN_OPTS is off on purpose: with it, which some processors switch on by themselves, TensorFlow 2.15
 * fuses a LayerNorm in a graph into one operation and loses its epsilon, and scores are wrong by 0.1 nats a token.
 *
 * NVIDIA_TF32_OVERRIDE is 0 on purpose: TensorFlow lets a graphics card round the factors of float32 products to 10
 * bits, too few for scores right to 1e-4 nats a token. What is float32 here is to be float32 there.
 */
export function prepareEnvironment(): void {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  process.env['TF_ENABLE_ONEDNN_OPTS'] = '0';
  process.env['NVIDIA_TF32_OVERRIDE'] = '0';
  // Electron's malloc gives large pieces back to the system at once, and each comes back as pages to be cleared. TensorFlow
  // keeps them by an allocator of its own if asked: scoring in the app is half as fast again. Elsewhere malloc keeps them.
  if (process.versions['electron']) process.env['TF_CPU_ALLOCATOR_USE_BFC'] ??= 'true';
  // Its products also run on the thread that calls them, by which a training step is a few per cent faster.
  process.env['TF_ONEDNN_THREADPOOL_USE_CALLER_THREAD'] ??= '1';
}
