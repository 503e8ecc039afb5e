/// What happens to a node that crashed and is started again.
#include <csignal>

#include "tests/integration/nodes.hpp"

using namespace caf_gossip::test;

namespace {

/// Three nodes, of which the last one was killed.
struct crashed_node {
  nodes cluster;
  std::string id = "n03";
  std::string port;
  std::uint64_t incarnation = 0;

  explicit crashed_node(const words& options) : cluster(3, options) {
    cluster.come_together();
    port = cluster[2].port();
    incarnation = cluster[0].expect("alive", id).at("incarnation");
    const auto victim = cluster.take(2);
    victim->process().signal(SIGKILL);
    victim->process().wait_for_exit(patience);
  }

  void wait_until_quarantined() {
    for (const auto& one : cluster.all)
      one->expect("quarantined", id);
  }

  /// Starts a successor of the killed node.
  std::unique_ptr<node> restart(const std::string& name, const std::string& where,
                                const words& options) {
    return std::make_unique<node>(name, words{cluster[0].address(), cluster[1].address()},
                                  options + words{"--gossip.port=" + where});
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(coming_back)

BOOST_AUTO_TEST_CASE(a_node_restarted_at_once_takes_the_place_of_its_predecessor) {
  crashed_node crashed{quick + words{"--gossip.suspicion-timeout=60s"}};
  auto& first = crashed.cluster[0];
  const auto again = crashed.restart(crashed.id, crashed.port, quick);
  again->expect_members({"n01", "n02", "n03"});
  const auto is_successor = [&](const line& said) {
    return is("alive", crashed.id)(said) && said.at("incarnation") > crashed.incarnation;
  };
  for (const auto& one : crashed.cluster.all) {
    one->expect("alive n03 with a higher incarnation", is_successor);
    BOOST_TEST(one->said(is("dead")).empty());
    BOOST_TEST(one->said(is("refused")).empty());
  }
  BOOST_TEST(again->address() == "127.0.0.1:" + crashed.port);
  BOOST_TEST(first.process().wait_for_exit(milliseconds{0}).has_value() == false);
}

// S3.3.3 over the network: by address and by id.
BOOST_AUTO_TEST_CASE(a_quarantined_node_is_refused_with_the_reason) {
  crashed_node crashed{quick};
  crashed.wait_until_quarantined();
  const auto same_address = crashed.restart("n99", crashed.port, quick);
  const auto same_id = crashed.restart(crashed.id, "0", quick);
  for (auto* one : {same_address.get(), same_id.get()}) {
    const auto refusal = one->expect("join_refused", is("join_refused"));
    const std::string reason = refusal.at("reason");
    BOOST_TEST(reason.find("quarantine") != std::string::npos, reason);
    BOOST_TEST(one->said(is("alive", "n01")).empty());
  }
  const auto& first = crashed.cluster[0];
  for (const auto& said : first.said(is("topology")))
    BOOST_TEST(said.at("members").dump().find("n99") == std::string::npos, said.dump());
  BOOST_TEST(
      (!first.said(is("refused")).empty() || !crashed.cluster[1].said(is("refused")).empty()));
}

// S3.3.4
BOOST_AUTO_TEST_CASE(a_node_restarted_in_quarantine_joins_when_that_expires) {
  const auto options = quick + words{"--gossip.quarantine-ttl=3s"};
  crashed_node crashed{options};
  crashed.wait_until_quarantined();
  std::vector<std::size_t> marks;
  for (const auto& one : crashed.cluster.all)
    marks.push_back(one->process().line_count());
  const auto again = crashed.restart(crashed.id, crashed.port, options);
  const words all{"n01", "n02", "n03"};
  again->expect_members(all);
  for (std::size_t i = 0; i < marks.size(); ++i) {
    crashed.cluster[i].expect("quarantine_cleared", crashed.id);
    crashed.cluster[i].expect_members(all, marks[i]);
  }
  BOOST_TEST(again->said(is("self_declared_dead")).empty());
}

BOOST_AUTO_TEST_SUITE_END()
