// The TensorFlow that an installed app is made for: one wheel of PyPI, whose libraries alone are used.

export interface EnginePin {
  version: string;
  file: string;
  url: string;
  sha256: string;
  bytes: number;
  licence: string;
}

/** By platform and architecture, as Node names them. Elsewhere there is none yet. */
export const enginePins: Record<string, EnginePin> = {
  'linux-x64': {
    version: '2.15.1',
    file: 'tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    url: 'https://files.pythonhosted.org/packages/5b/00/af89cb211fc96ffdebb52a687dad7f83b0b1d82bc057f65309fa03a89911/tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
    bytes: 207_208_420,
    licence: 'Apache-2.0',
  },
};
