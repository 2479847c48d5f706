/**
 * The file of a worker thread beside the module that starts it: TypeScript from source, JavaScript from the build.
 * @param from the module's import.meta.url
 */
export const workerEntry = (from: string, name: string): URL =>
  new URL(`${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from);
