/// Whole nodes that have found each other.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/deterministic_actors.hpp"

namespace caf_gossip::test {

inline byte_buffer bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

/// Starts nodes named "a", "b", "c" ... in virtual time.
struct started_nodes {
  explicit started_nodes(std::size_t count, const settings& options = {}) {
    for (std::size_t i = 0; i < count; ++i)
      add(options);
    BOOST_REQUIRE(world.advance_until([&] { return know_each_other(); }, 10s));
    world.advance(1s);
  }

  virtual_node& add(settings options = {}) {
    if (!nodes.empty())
      options.push_back(deterministic_actors::through_first());
    nodes.push_back(&world.add(std::string(1, static_cast<char>('a' + nodes.size())), options));
    BOOST_REQUIRE(nodes.back()->start().code() == errc::none);
    return *nodes.back();
  }

  [[nodiscard]] bool know_each_other() {
    for (auto* one : nodes)
      if (one->facade().members().size() != nodes.size()
          || one->facade().state_holders().peers + 1 != nodes.size())
        return false;
    return true;
  }

  virtual_node& operator[](std::size_t i) { return *nodes.at(i); }
  cluster facade(std::size_t i) { return nodes.at(i)->facade(); }

  /// What node `reader` sees of the member `whose`, as text; "-" when there is none.
  std::string seen(std::size_t reader, const node_id& whose, std::string_view key) {
    const auto value = facade(reader).get_state(whose, key);
    return value ? std::string{value->value.begin(), value->value.end()} : "-";
  }

  void cut_off(std::size_t one) {
    for (auto* other : nodes)
      if (other != nodes[one]) {
        world.network.cut(nodes[one]->where(), other->where());
        world.network.cut(other->where(), nodes[one]->where());
      }
  }

  deterministic_actors world;
  std::vector<virtual_node*> nodes;
};

struct two_nodes : started_nodes {
  two_nodes() : started_nodes(2) {}
};

struct three_nodes : started_nodes {
  three_nodes() : started_nodes(3) {}
};

} // namespace caf_gossip::test
