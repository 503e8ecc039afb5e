/// The side of an `echo` that asks.
#pragma once

#include <future>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include "benchmarks/echo.hpp"

namespace caf_gossip::benchmarks {

/// Keeps `window` requests under way until the time is over, then reports and ends.
///
/// `Ask` is called with this actor and a function; it sends one request and calls the function with
/// an empty text when the answer is there, or with what went wrong.
template <class Ask>
class asking_actor : public caf::event_based_actor {
public:
  asking_actor(caf::actor_config& cfg, Ask ask, load what, std::promise<outcome> report)
      : caf::event_based_actor(cfg),
        ask_(std::move(ask)),
        load_(what),
        report_(std::move(report)) {}

  caf::behavior make_behavior() override {
    result_.microseconds.reserve(std::size_t{1} << 20U);
    started_ = clock::now();
    for (; under_way_ < load_.window; ++under_way_)
      ask_once();
    return {};
  }

private:
  using clock = std::chrono::steady_clock;

  void ask_once() {
    ask_(*this, [this, sent_at = clock::now()](const std::string& error) {
      const auto now = clock::now();
      result_.microseconds.push_back(
          std::chrono::duration<float, std::micro>(now - sent_at).count());
      if (result_.error.empty())
        result_.error = error;
      if (now - started_ < load_.lasting && result_.error.empty())
        ask_once();
      else if (--under_way_ == 0)
        finish(now);
    });
  }

  void finish(clock::time_point now) {
    result_.seconds = std::chrono::duration<double>(now - started_).count();
    report_.set_value(std::move(result_));
  }

  Ask ask_;
  load load_;
  std::promise<outcome> report_;
  outcome result_;
  clock::time_point started_;
  std::size_t under_way_ = 0;
};

/// Runs one asking actor to its end.
template <class Ask>
outcome run_asking(caf::actor_system& sys, Ask ask, const load& what) {
  std::promise<outcome> done;
  auto result = done.get_future();
  sys.spawn<asking_actor<Ask>>(std::move(ask), what, std::move(done));
  return result.get();
}

} // namespace caf_gossip::benchmarks
