// What may be fetched from the network when a person asks for it: each file by one address and its checksum.

export interface Download {
  /** What it is, for people. */
  name: string;
  file: string;
  url: string;
  sha256: string;
  bytes: number;
  licence: string;
}

/** BLiMP as released (Warstadt et al. 2020). */
export const blimp: Download = {
  name: 'BLiMP',
  file: 'BLiMP.zip',
  url: 'https://raw.githubusercontent.com/alexwarstadt/blimp/3e56b06fcabca9b30822fc66435fca6b1aa40bb1/BLiMP.zip',
  sha256: '172a1a714d72e72a89e8384dd531483f3d0f8a9aee3d33dccaf7992d8cecbb73',
  bytes: 2_354_164,
  licence: 'CC BY 4.0',
};

export interface EnginePin extends Download {
  version: string;
}

/**
 * The TensorFlow that an installed app is made for, a wheel of PyPI whose libraries alone are used; by platform and
 * architecture, as Node names them. Elsewhere there is none yet.
 */
export const enginePins: Record<string, EnginePin> = {
  'linux-x64': {
    name: 'TensorFlow',
    version: '2.15.1',
    file: 'tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    url: 'https://files.pythonhosted.org/packages/5b/00/af89cb211fc96ffdebb52a687dad7f83b0b1d82bc057f65309fa03a89911/tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
    bytes: 207_208_420,
    licence: 'Apache-2.0',
  },
};
