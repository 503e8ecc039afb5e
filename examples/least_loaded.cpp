/// Three processes tell each other how busy they are, and all of them pick the least busy one.
///
/// Usage: least_loaded               starts three nodes and checks that they agree
///        least_loaded --jobs=N ...  is one of them; its options are those of every node
/// Returns 0 when all three picked the same node, the right one.
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <nlohmann/json.hpp>

#include "actors/cluster.hpp"
#include "actors/module.hpp"
#include "examples/node_process.hpp"

using namespace caf_gossip;
using examples::node_process;

namespace {

constexpr std::chrono::seconds patience{20};
const std::vector<std::int32_t> jobs_of_each{7, 2, 5};

/// What a node says about itself: any type that CAF can inspect.
struct load {
  std::int32_t jobs = 0;
  double jobs_per_second = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, load& x) {
  return f(x.jobs, x.jobs_per_second);
}

struct node_config : caf::actor_system_config {
  std::int32_t jobs = -1;

  node_config() {
    opt_group{custom_options_, "global"}.add(jobs, "jobs", "how busy this node is");
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", 2);
    caf_gossip::load(*this);
  }
};

void print(const nlohmann::json& line) {
  std::cout << line.dump() << std::endl;
}

/// Publishes this node's load, waits for the others', and picks.
expected<std::string> pick(cluster& node, std::int32_t jobs) {
  const auto all_are_known = [](const cluster& now) {
    const auto loads = now.get<load>("load");
    return loads && loads->size() == jobs_of_each.size();
  };
  const auto less = [](const auto& a, const auto& b) { return a.second.jobs < b.second.jobs; };
  return node.set("load", load{jobs, 0.5 * jobs})
      .and_then([&] { return node.await_state(all_are_known, patience); })
      .and_then([&] { return node.get<load>("load"); })
      .map([&](const auto& loads) {
        return std::min_element(loads.begin(), loads.end(), less)->first;
      });
}

int run_node(node_config& cfg) {
  caf::actor_system sys{cfg};
  auto node = cluster::of(sys);
  const auto picked = node.start().and_then([&] {
    print({{"event", "started"}, {"address", to_string(node.self().address)}});
    return pick(node, cfg.jobs);
  });
  if (!picked) {
    std::cerr << "least_loaded: " << to_string(picked.error()) << '\n';
    return 1;
  }
  print({{"event", "picked"}, {"member", *picked}});
  std::cin.get(); // until everybody has picked
  return 0;
}

node_process::condition is(const char* event) {
  return [event](const auto& said) { return said.value("event", "") == event; };
}

int run_all() {
  std::vector<std::unique_ptr<node_process>> nodes;
  nlohmann::json seeds = nlohmann::json::array();
  for (const auto jobs : jobs_of_each) {
    const auto id = "node-" + std::to_string(nodes.size() + 1);
    nodes.push_back(std::make_unique<node_process>(
        examples::sibling_program("least_loaded"),
        std::vector<std::string>{"--jobs=" + std::to_string(jobs), "--gossip.node-id=" + id,
                                 "--gossip.seeds=" + seeds.dump()}));
    if (const auto said = nodes.back()->wait_for(is("started"), patience); seeds.empty() && said)
      seeds.push_back(said->at("address"));
  }
  bool agree = true;
  for (const auto& node : nodes) {
    const auto picked = node->wait_for(is("picked"), patience);
    const auto who = picked ? picked->at("member").get<std::string>() : "nobody";
    std::cout << "picked " << who << '\n';
    agree = agree && who == "node-2";
  }
  return agree ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  node_config cfg;
  if (auto err = cfg.parse(argc, argv))
    return std::cerr << "least_loaded: " << cfg.render(err) << '\n', 2;
  return cfg.jobs < 0 ? run_all() : run_node(cfg);
}
