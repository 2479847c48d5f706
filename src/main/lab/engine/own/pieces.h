// Work shared out among threads.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

/** A thread for each processor but one, which wait for work until the process ends. */
class Helpers {
 public:
  static Helpers& All() {
    static Helpers* const all = new Helpers;  // never destroyed: TensorFlow's threads may still ask while a process ends
    return *all;
  }
  int64_t processors() const { return processors_; }

  /** Calls `body` for each of so many pieces, on this thread and those that are idle, and returns when all are done. */
  void Do(int64_t pieces, const std::function<void(int64_t)>& body) {
    Job job = {body, pieces, 0, 0};
    std::unique_lock<std::mutex> lock(mutex_);
    jobs_.push_back(&job);
    pieces == 2 ? work_.notify_one() : work_.notify_all();
    while (job.taken < job.pieces) Take(job, lock);
    finished_.wait(lock, [&] { return job.done == job.pieces; });
  }

 private:
  struct Job {
    const std::function<void(int64_t)>& body;
    int64_t pieces, taken, done;
  };

  Helpers() : processors_(std::max(1u, std::thread::hardware_concurrency())) {
    for (int64_t n = 1; n < processors_; n++) std::thread([this] { Help(); }).detach();
  }

  void Help() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      work_.wait(lock, [this] { return !jobs_.empty(); });
      Take(*jobs_.front(), lock);
    }
  }

  /** Does the next piece of a job that has one. */
  void Take(Job& job, std::unique_lock<std::mutex>& lock) {
    const int64_t piece = job.taken++;
    if (job.taken == job.pieces) jobs_.erase(std::find(jobs_.begin(), jobs_.end(), &job));
    lock.unlock();
    job.body(piece);
    lock.lock();
    if (++job.done == job.pieces) finished_.notify_all();
  }

  const int64_t processors_;
  std::mutex mutex_;
  std::condition_variable work_, finished_;
  /** Those of which not every piece is taken. */
  std::vector<Job*> jobs_;
};

/** Into how many pieces of at least `least` the work on [0, n) is shared out: no more than there are processors. */
inline int64_t PiecesOf(int64_t n, int64_t least) {
  return std::clamp<int64_t>(n / std::max<int64_t>(least, 1), 1, Helpers::All().processors());
}

/** Calls `body(from, to, piece)` for those pieces, and returns when all are done. */
template <typename Body>
void InPieces(int64_t n, int64_t least, const Body& body) {
  const int64_t pieces = PiecesOf(n, least);
  if (pieces == 1) return body(0, n, 0);
  Helpers::All().Do(pieces, [&](int64_t p) { body(n * p / pieces, n * (p + 1) / pieces, p); });
}
