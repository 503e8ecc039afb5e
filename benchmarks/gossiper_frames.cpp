/// How many requests per second go through the actors of a node: from the transport to the
/// gossiper, into the store, and the answer back to the transport. The network is a queue in
/// memory.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <caf/settings.hpp>

#include "actors/cluster.hpp"
#include "actors/module.hpp"

namespace caf_gossip::benchmarks {

namespace {

const member_ref peer{"peer", 1, {"127.0.0.1", 1}};

/// Brings what the benchmark puts in, and counts the answers.
class queue_in_memory final : public net::transport {
public:
  expected<authority> start(const authority& where) override { return authority{where.host, 4711}; }

  expected<void> send(net::outbound what) override {
    const auto* payload = std::get_if<state_payload>(&what.message.body);
    if (payload != nullptr && std::holds_alternative<gossip_response>(*payload)) {
      const std::lock_guard guard{mutex_};
      accepted_ += std::get<gossip_response>(*payload).rejected == errc::none ? 1 : 0;
      ++answers_;
      answered_.notify_one();
    }
    return {};
  }

  std::vector<net::inbound> poll() override {
    const std::lock_guard guard{mutex_};
    return std::exchange(queue_, {});
  }

  void stop() override {}
  [[nodiscard]] net::transport_stats stats() const override { return {}; }
  void on_arrival(std::function<void()> wake) override { wake_ = std::move(wake); }

  /// Lets frames arrive and waits until all are answered. Returns how many were accepted.
  std::size_t bring(std::vector<net::inbound> frames) {
    const auto count = frames.size();
    std::unique_lock guard{mutex_};
    answers_ = accepted_ = 0;
    queue_ = std::move(frames);
    guard.unlock();
    wake_();
    guard.lock();
    answered_.wait(guard, [&] { return answers_ == count; });
    return accepted_;
  }

private:
  std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable answered_;
  std::vector<net::inbound> queue_;
  std::size_t answers_ = 0;
  std::size_t accepted_ = 0;
};

/// A whole node on that network, which takes `peer` for a member.
struct node {
  std::shared_ptr<queue_in_memory> network = std::make_shared<queue_in_memory>();
  caf::actor_system_config cfg;
  std::unique_ptr<caf::actor_system> sys;
  std::uint64_t written = 0;

  node() {
    cfg.set("scheduler.policy", caf::atom("sharing"));
    load(cfg, [this](const config&) { return network; });
    put(cfg.content, "gossip.interval", caf::timespan{std::chrono::hours{1}});
    put(cfg.content, "gossip.heartbeat-expiration", "disabled");
    sys = std::make_unique<caf::actor_system>(cfg);
    auto facade = cluster::of(*sys);
    (void)facade.start();
    // The node's own topology comes first and is the only one.
    while (facade.members().empty() || facade.status()->self.id != facade.self().id)
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    topology_updated who;
    who.update.members = {facade.self(), peer};
    caf::anon_send(facade.gossiper(), who);
    // Behind the topology in the gossiper's mailbox, so it comes back when that was applied.
    (void)facade.status();
  }

  /// Requests of the peer, each with `entries` new values of 32 bytes.
  std::vector<net::inbound> requests(std::size_t count, std::size_t entries) {
    std::vector<net::inbound> result;
    for (std::size_t i = 0; i < count; ++i) {
      gossip_request request{peer.id, {}};
      auto& state = request.state.members[peer.id];
      state.incarnation = peer.incarnation;
      for (std::size_t k = 0; k < entries; ++k)
        state.entries["key-" + std::to_string(k)] = {byte_buffer(32, 1), ++written, 0, false};
      wire::frame frame;
      frame.head.cluster = "caf-gossip";
      frame.head.sender = peer;
      frame.head.correlation = i + 1;
      frame.body = state_payload{std::move(request)};
      result.emplace_back(std::move(frame));
    }
    return result;
  }
};

void requests_through_the_actors(benchmark::State& state) {
  constexpr std::size_t batch = 1000;
  node one;
  bool all = true;
  for (auto _ : state) {
    state.PauseTiming();
    auto frames = one.requests(batch, static_cast<std::size_t>(state.range(0)));
    state.ResumeTiming();
    all = one.network->bring(std::move(frames)) == batch && all;
  }
  if (!all)
    state.SkipWithError("a request was rejected");
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
}

BENCHMARK(requests_through_the_actors)
    ->ArgName("entries")
    ->Arg(1)
    ->Arg(10)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

} // namespace

} // namespace caf_gossip::benchmarks

BENCHMARK_MAIN();
