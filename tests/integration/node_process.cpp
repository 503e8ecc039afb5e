/// The tool that starts nodes, tried on programs that are none.
#include <cerrno>
#include <csignal>
#include <system_error>

#include "tests/integration/nodes.hpp"

using namespace caf_gossip::test;

BOOST_AUTO_TEST_SUITE(node_process)

using caf_gossip::examples::node_process;

BOOST_AUTO_TEST_CASE(it_says_which_program_cannot_be_started) {
  const auto names_it = [](const std::system_error& what) {
    return std::string{what.what()}.find("/no/such/program") != std::string::npos;
  };
  BOOST_CHECK_EXCEPTION(node_process{"/no/such/program"}, std::system_error, names_it);
}

BOOST_AUTO_TEST_CASE(it_knows_how_the_child_ended) {
  BOOST_TEST((node_process{"/bin/true"}.wait_for_exit(patience) == 0));
  BOOST_TEST((node_process{"/bin/false"}.wait_for_exit(patience) == 1));
  node_process sleeper{"/bin/sleep", {"1000"}};
  BOOST_TEST(!sleeper.wait_for_exit(milliseconds{1}).has_value());
  sleeper.signal(SIGKILL);
  BOOST_TEST((sleeper.wait_for_exit(patience) == 128 + SIGKILL));
}

BOOST_AUTO_TEST_CASE(it_leaves_no_child_behind) {
  auto sleeper = std::make_unique<node_process>("/bin/sleep", words{"1000"});
  const auto pid = sleeper->pid();
  BOOST_TEST(::kill(pid, 0) == 0);
  sleeper.reset();
  BOOST_TEST(::kill(pid, 0) == -1);
  BOOST_TEST(errno == ESRCH);
}

BOOST_AUTO_TEST_CASE(it_waits_in_vain_no_longer_than_the_child_lives) {
  node_process ended{"/bin/true"};
  const auto never = [](const line&) { return false; };
  BOOST_TEST(!ended.wait_for(never, std::chrono::hours{1}).has_value());
}

BOOST_AUTO_TEST_CASE(it_hands_commands_over_and_keeps_all_that_comes_back) {
  node_process echo{"/bin/sh",
                    {"-c", "read x; echo \"$x\"; echo no json; printf unfinished; echo why >&2"}};
  echo.send(R"({"event": "echo"})");
  BOOST_TEST(echo.wait_for(is("echo"), patience).has_value());
  BOOST_TEST((echo.wait_for_exit(patience) == 0));
  const auto all = echo.lines();
  BOOST_REQUIRE(all.size() == 3U);
  BOOST_TEST(all[1].at("text") == "no json");
  BOOST_TEST(all[2].at("text") == "unfinished");
  BOOST_TEST(echo.errors() == "why\n");
  echo.send("nobody reads this");
}

BOOST_AUTO_TEST_SUITE_END()
