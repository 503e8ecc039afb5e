/// The node program from outside: options, configuration files, addresses, exit codes.
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "tests/integration/nodes.hpp"
#include "tests/support/net_raw_socket.hpp"

using namespace caf_gossip::test;

namespace {

/// Lets the node program run to its end. Returns its exit code and what it said on standard error.
std::pair<int, std::string> outcome_of(const words& options) {
  node_process process{CAF_GOSSIP_NODE_PROGRAM, options};
  const auto code = process.wait_for_exit(patience);
  return {code.value_or(-1), process.errors()};
}

void expect_refusal(const words& options, const std::string& text) {
  const auto [code, errors] = outcome_of(options);
  BOOST_TEST(code == 1);
  BOOST_TEST(errors.find(text) != std::string::npos, errors);
}

/// A file that is gone afterwards.
struct temporary_file {
  std::string path;

  explicit temporary_file(const std::string& content)
      : path(std::filesystem::temp_directory_path()
             / ("caf_gossip_" + std::to_string(getpid()) + ".ini")) {
    std::ofstream{path} << content;
  }
  ~temporary_file() { std::filesystem::remove(path); }

  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
};

/// An address where nobody listens.
std::string closed_address() {
  return to_string(raw_socket{raw_socket::listening()}.bound());
}

bool has_ipv6_loopback() {
  const auto fd = ::socket(AF_INET6, SOCK_STREAM, 0);
  sockaddr_in6 name{};
  name.sin6_family = AF_INET6;
  name.sin6_addr = in6addr_loopback;
  const auto bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0;
  ::close(fd);
  return bound;
}

/// Two nodes come together when the second asks at `seeds`.
void expect_join(node& first, const words& seeds, const words& options = {}) {
  node second{"n02", seeds, options};
  second.expect_members({"n01", "n02"});
  first.expect_members({"n01", "n02"});
}

} // namespace

BOOST_AUTO_TEST_SUITE(node_program)

// -- joining --------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(it_joins_through_any_seed_while_others_are_down) {
  node first{"n01", {}};
  expect_join(first, {closed_address(), closed_address(), first.address()});
}

BOOST_AUTO_TEST_CASE(it_waits_for_a_seed_that_starts_later) {
  const auto seed = closed_address();
  node second{"n02", {seed}};
  second.address();
  node first{"n01", {}, {"--gossip.port=" + seed.substr(seed.rfind(':') + 1)}};
  second.expect_members({"n01", "n02"});
  first.expect_members({"n01", "n02"});
}

BOOST_AUTO_TEST_CASE(it_is_refused_by_another_cluster_with_the_reason) {
  node first{"n01", {}, {"--gossip.cluster-name=red"}};
  node second{"n02", {first.address()}, {"--gossip.cluster-name=blue"}};
  const std::string reason = second.expect("join_refused", is("join_refused")).at("reason");
  BOOST_TEST(reason.find("wrong_cluster") != std::string::npos, reason);
  BOOST_TEST(first.said(is("alive", "n02")).empty());
  BOOST_TEST(second.said(is("alive", "n01")).empty());
}

// S4.1, S1.1.1
BOOST_AUTO_TEST_CASE(it_understands_host_names) {
  node first{"n01", {}, {"--gossip.bind-address=localhost"}};
  expect_join(first, {"localhost:" + first.port()}, {"--gossip.bind-address=localhost"});
}

// S4.1, S1.1.1
BOOST_AUTO_TEST_CASE(it_understands_ipv6) {
  if (!has_ipv6_loopback()) {
    BOOST_TEST_MESSAGE("skipped: this machine has no IPv6 loopback address");
    return;
  }
  const words options{"--gossip.bind-address=::1"};
  node first{"n01", {}, options};
  BOOST_TEST(first.address() == "[::1]:" + first.port());
  expect_join(first, {"[::1]:" + first.port()}, options);
}

// -- options --------------------------------------------------------------------------------------

// S1.2.4
BOOST_AUTO_TEST_CASE(it_names_field_value_and_what_is_allowed) {
  expect_refusal({"--gossip.interval=0ms"}, "gossip.interval = 0ms; allowed are 1ms to 1h");
  expect_refusal({"--gossip.fan-out=0"}, "gossip.fan-out = 0; allowed are 1 to 1024");
  expect_refusal({"--gossip.detector=crystal-ball"},
                 "gossip.detector = \"crystal-ball\"; allowed are overdue-heartbeat, phi-accrual, "
                 "fixed-timeout and swim");
  expect_refusal({"--gossip.seeds=[\"nowhere\"]"}, "gossip.seeds = [\"nowhere\"]; allowed are");
}

BOOST_AUTO_TEST_CASE(it_refuses_what_is_no_option) {
  for (const auto* option : {"--gossip.nonsense=1", "--gossip.fan-out=many"}) {
    const auto [code, errors] = outcome_of({option});
    BOOST_TEST(code == 2);
    BOOST_TEST(errors.find("cluster_node: ") == 0U, errors);
  }
}

// S1.2.4
BOOST_AUTO_TEST_CASE(it_says_when_its_port_is_in_use) {
  node first{"n01", {}};
  expect_refusal({"--gossip.port=" + first.port()}, first.port());
}

BOOST_AUTO_TEST_CASE(it_reads_a_configuration_file) {
  node first{"n01", {}, {"--gossip.cluster-name=shop"}};
  const temporary_file file{"[gossip]\ncluster-name=\"shop\"\nnode-id=\"from-file\"\nseeds=[\""
                            + first.address() + "\"]\n"};
  node_process second{CAF_GOSSIP_NODE_PROGRAM, {"--config-file=" + file.path}};
  BOOST_TEST(second.wait_for(lists({"from-file", "n01"}), patience).has_value());
}

BOOST_AUTO_TEST_CASE(it_refuses_a_wrong_configuration_file) {
  const temporary_file file{"[gossip]\ninterval=\"soon\"\n"};
  expect_refusal({"--config-file=" + file.path}, "gossip.interval = \"soon\"; allowed are");
}

// -- commands -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(it_answers_commands) {
  node first{"n01", {}};
  first.address();
  first.process().send("members");
  const auto answer = first.expect("members", is("members"));
  BOOST_TEST(answer.at("self") == "n01");
  BOOST_TEST(answer.at("members").size() == 1U);
  first.process().send("dance");
  const std::string reason = first.expect("error", is("error")).at("reason");
  BOOST_TEST(reason
             == "'dance' is none of members, set KEY VALUE, get KEY, remove KEY, "
                "map-set KEY ENTRY VALUE, map-get KEY ENTRY, map-del KEY ENTRY, blocked, "
                "unblock ID, await KEY VALUE, leave, quit");
  first.quit();
}

BOOST_AUTO_TEST_SUITE_END()
