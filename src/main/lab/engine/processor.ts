// What the processor can do, as far as it decides which kernels may be tried at all.
import { readFileSync } from 'node:fs';

/**
 * Whether oneDNN may be asked for products in bfloat16: it ends the process where a processor lacks AVX-512, so it is
 * not enough to try. Only Linux tells; elsewhere, and where someone limits oneDNN's instructions, no.
 */
export function hasAvx512(): boolean {
  const { ONEDNN_MAX_CPU_ISA, DNNL_MAX_CPU_ISA } = process.env;
  if (ONEDNN_MAX_CPU_ISA ?? DNNL_MAX_CPU_ISA) return false;
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
    const own = new Set(flags.split(' '));
    return ['avx512f', 'avx512bw', 'avx512vl', 'avx512dq'].every((flag) => own.has(flag));
  } catch {
    return false;
  }
}
