// Work shared out among threads, for our own operations of TensorFlow.
#pragma once

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

/**
 * Calls `body(from, to)` for equal pieces of [0, n), one on each processor, and waits for all.
 * @param least what a piece is to have at least: a thread costs some 20 µs
 */
template <typename Body>
void InPieces(int64_t n, int64_t least, const Body& body) {
  const int64_t processors = std::max(1u, std::thread::hardware_concurrency());
  const int64_t pieces = std::clamp<int64_t>(n / std::max<int64_t>(least, 1), 1, processors);
  std::vector<std::thread> others;
  for (int64_t p = 1; p < pieces; p++) others.emplace_back([&, p] { body(n * p / pieces, n * (p + 1) / pieces); });
  body(0, n / pieces);
  for (std::thread& other : others) other.join();
}

// A function compiled several times over, of which a processor runs the last it has the instructions for. (By name of a
// processor, `arch=`, only that very processor would.)
#if defined(__x86_64__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif
