/// Requests and answers of 100 bytes between two actor systems on one machine: through this
/// library's transport beside CAF's middleman.
///
///     bench_loopback [rounds [milliseconds]]
///
/// Every round measures both, one directly after the other, for each window. The table has the
/// medians of all rounds; the ratio is the median of the rounds' ratios.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

#include "benchmarks/echo.hpp"

namespace caf_gossip::benchmarks {

namespace {

constexpr std::array<std::size_t, 3> windows{1, 16, 256};

template <class T>
T quantile(std::vector<T> items, double q) {
  const auto index = static_cast<std::ptrdiff_t>(q * static_cast<double>(items.size() - 1));
  std::nth_element(items.begin(), items.begin() + index, items.end());
  return items[static_cast<std::size_t>(index)];
}

/// One row's half, round by round.
struct column {
  std::vector<double> per_second;
  std::vector<float> p50;
  std::vector<float> p99;

  void measure(echo& what, const load& how) {
    const auto result = what.ask(how);
    if (!result.error.empty())
      throw std::runtime_error{result.error};
    per_second.push_back(static_cast<double>(result.microseconds.size()) / result.seconds);
    p50.push_back(quantile(result.microseconds, 0.5));
    p99.push_back(quantile(result.microseconds, 0.99));
  }

  void print() const {
    std::printf(" %9.0f %8.0f %8.0f |", quantile(per_second, 0.5), quantile(p50, 0.5),
                quantile(p99, 0.5));
  }
};

void compare(echo& ours, echo& theirs, int rounds, const load& how) {
  column left;
  column right;
  std::vector<double> ratios;
  for (int round = 0; round < rounds; ++round) {
    left.measure(ours, how);
    right.measure(theirs, how);
    ratios.push_back(left.per_second.back() / right.per_second.back());
  }
  std::printf("%6zu |", how.window);
  left.print();
  right.print();
  std::printf(" %5.2f\n", quantile(ratios, 0.5));
}

void run(int rounds, std::chrono::milliseconds lasting) {
  const auto ours = make_transport_echo();
  const auto theirs = make_middleman_echo();
  for (auto* each : {ours.get(), theirs.get()})
    each->ask({16, std::chrono::milliseconds{300}});
  std::printf("       | transport_actor             | middleman, remote_actor     |\n");
  std::printf("window |      /s   p50 us   p99 us   |      /s   p50 us   p99 us   | ratio of /s\n");
  for (const auto window : windows)
    compare(*ours, *theirs, rounds, {window, lasting});
}

} // namespace

} // namespace caf_gossip::benchmarks

int main(int argc, char** argv) {
  const auto rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const auto milliseconds = argc > 2 ? std::atoi(argv[2]) : 1000;
  if (argc > 3 || rounds < 1 || milliseconds < 1) {
    std::fprintf(stderr, "usage: %s [rounds [milliseconds]], both at least 1\n", argv[0]);
    return 2;
  }
  try {
    caf_gossip::benchmarks::run(rounds, std::chrono::milliseconds{milliseconds});
  } catch (const std::exception& what) {
    std::fprintf(stderr, "%s: %s\n", argv[0], what.what());
    return 1;
  }
  return 0;
}
