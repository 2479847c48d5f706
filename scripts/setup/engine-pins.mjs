// TensorFlow as PyPI has it, pinned: lines of a requirements file that pip checks (--require-hashes).
// The wheels' own Python is never run; any CPython tag has the same libraries.
export const TENSORFLOW_VERSION = '2.15.1';

/** By variant, platform and architecture. `downloadMb`: what it takes off the network. */
export const WHEELS = {
  'cpu-linux-x64': {
    downloadMb: 207,
    platforms: ['manylinux2014_x86_64'],
    requirements: [
      'tensorflow-cpu==2.15.1 --hash=sha256:54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
    ],
  },
  // Not tried on a machine of its kind.
  'cpu-linux-arm64': {
    downloadMb: 210,
    platforms: ['manylinux2014_aarch64'],
    requirements: [
      'tensorflow-cpu-aws==2.15.1 --hash=sha256:d4c3a3a9363bf42999adedbbd514e3a133be2d62f61fee9cfa46aaefb087c09e',
    ],
  },
  // `tensorflow[and-cuda]`: CUDA 12.2 and cuDNN 8.9, found by TensorFlow's own run path in ../nvidia.
  'gpu-linux-x64': {
    downloadMb: 2360,
    platforms: ['manylinux2014_x86_64', 'manylinux1_x86_64'],
    requirements: [
      'tensorflow==2.15.1 --hash=sha256:bb0edd69103c154245c5f209f0507355cc68ba7e4de350084bc31edc562478e4',
      'nvidia-cublas-cu12==12.2.5.6 --hash=sha256:f448d8db463f9a2c7dd9a1e607c0961d3e95f825b86839c5882f7d073d406df0',
      'nvidia-cuda-cupti-cu12==12.2.142 --hash=sha256:ce68d1009dd14215e38ed49643d31374c71d6fea381181cb0b9da7f19dfd1624',
      'nvidia-cuda-nvcc-cu12==12.2.140 --hash=sha256:c6ff4ae7a636eb6cab7621191e19ac3779690686bbcf52c04d8b1ca2944e1e27',
      'nvidia-cuda-nvrtc-cu12==12.2.140 --hash=sha256:b1cdcae6443cb7cdcfb5d1bf51896a148c9f82f9e65b27db9ab095eaed689aa7',
      'nvidia-cuda-runtime-cu12==12.2.140 --hash=sha256:acb9cb7e44594a3512533497ea790d9f0b0e399abcc888584c157d1ffa080e41',
      'nvidia-cudnn-cu12==8.9.4.25 --hash=sha256:9f882d5b11753c566fd32427839089eb4f8ba7a58c28446ad359e32c40229723',
      'nvidia-cufft-cu12==11.0.8.103 --hash=sha256:72e961e578f9be9e316ccb4db8652c421dd0b57442624faa71061d452f449a67',
      'nvidia-curand-cu12==10.3.3.141 --hash=sha256:7b6bad6817b5df2a6f5ec221206fb895d9195fdd7d2443f3e86554108c141a0a',
      'nvidia-cusolver-cu12==11.5.2.141 --hash=sha256:5a85c4653ce34339a5688137f494a0f903e0f0532418550998167f00844161da',
      'nvidia-cusparse-cu12==12.1.2.141 --hash=sha256:4e13d6a51d2303dcb2a023ba09546811161f0334fc64e13689397bbd3b1eb126',
      'nvidia-nccl-cu12==2.16.5 --hash=sha256:84695a4248138fb2ca12f5fd3defe986e790e71ccdaad51b2ca34ca4e83ef421',
      'nvidia-nvjitlink-cu12==12.2.140 --hash=sha256:95635cafbf9f96c38bea5200ab145a2e6aefbb5405e0b04c1e4ba54df2d84ec9',
    ],
  },
};
