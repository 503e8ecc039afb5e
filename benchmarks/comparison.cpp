#include "benchmarks/comparison.hpp"

#include <array>
#include <cstdio>
#include <map>

#include <benchmark/benchmark.h>

namespace caf_gossip::benchmarks {

namespace {

/// Prints as usual and remembers the median CPU time of every benchmark.
class remembering_reporter final : public benchmark::ConsoleReporter {
public:
  remembering_reporter() : ConsoleReporter(OO_Tabular) {}

  void ReportRuns(const std::vector<Run>& reports) override {
    for (const auto& run : reports)
      if (run.run_type == Run::RT_Aggregate && run.aggregate_name == "median")
        medians_[run.run_name.str()] = run.GetAdjustedCPUTime();
    ConsoleReporter::ReportRuns(reports);
  }

  void print(const comparison& what) const {
    const auto fast = medians_.find(what.fast);
    const auto slow = medians_.find(what.slow);
    if (fast == medians_.end() || slow == medians_.end())
      return;
    const auto ratio = slow->second / fast->second;
    std::printf("%-24s is %5.1f x as fast as %-24s", what.fast.c_str(), ratio, what.slow.c_str());
    if (what.target > 0)
      std::printf("  target %.0f: %s", what.target, ratio >= what.target ? "reached" : "MISSED");
    std::printf("\n");
  }

private:
  std::map<std::string, double> medians_;
};

} // namespace

int run_and_compare(int argc, char** argv, const std::vector<comparison>& comparisons) {
  // Whatever the user says comes later and wins.
  std::array<std::string, 4> defaults{
      "--benchmark_repetitions=9", "--benchmark_enable_random_interleaving=true",
      "--benchmark_min_time=0.05", "--benchmark_report_aggregates_only=true"};
  std::vector<char*> arguments{argv[0]};
  for (auto& text : defaults)
    arguments.push_back(text.data());
  arguments.insert(arguments.end(), argv + 1, argv + argc);
  auto count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data()))
    return 1;
  remembering_reporter reporter;
  if (benchmark::RunSpecifiedBenchmarks(&reporter) == 0)
    return 1;
  std::printf("\n");
  for (const auto& item : comparisons)
    reporter.print(item);
  return 0;
}

} // namespace caf_gossip::benchmarks
