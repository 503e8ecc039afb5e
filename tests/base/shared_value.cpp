#include "caf_gossip/base/shared_value.hpp"

#include <memory>

#include <boost/test/unit_test.hpp>

namespace caf_gossip::test {

namespace {

/// Counts its copies and how many of it live.
struct counted {
  explicit counted(int& number_alive, int& number_copied)
      : alive(number_alive), copied(number_copied) {
    ++alive;
  }
  counted(const counted& other) : alive(other.alive), copied(other.copied) {
    ++alive;
    ++copied;
  }
  counted(counted&& other) noexcept : alive(other.alive), copied(other.copied) { ++alive; }
  counted& operator=(const counted&) = delete;
  counted& operator=(counted&&) = delete;
  ~counted() { --alive; }

  int& alive;
  int& copied;
};

struct fixture {
  int alive = 0;
  int copied = 0;

  caf_gossip::shared_value<counted> make() {
    return caf_gossip::shared_value<counted>{counted{alive, copied}};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(shared_value, fixture)

BOOST_AUTO_TEST_CASE(all_holders_have_one_value_that_goes_with_the_last) {
  {
    auto first = make();
    BOOST_TEST(alive == 1);
    const auto second = first; // NOLINT(performance-unnecessary-copy-initialization)
    auto third = second;
    BOOST_TEST(&*first == &*third);
    BOOST_TEST(alive == 1);
    first = {};
    third = {};
    BOOST_TEST(alive == 1);
    BOOST_TEST(static_cast<bool>(second));
  }
  BOOST_TEST(alive == 0);
  BOOST_TEST(copied == 0);
}

BOOST_AUTO_TEST_CASE(assigning_releases_what_was_held) {
  auto held = make();
  held = make();
  BOOST_TEST(alive == 1);
  const auto other = make();
  held = other;
  BOOST_TEST(alive == 1);
  BOOST_TEST(held.is(other));
}

BOOST_AUTO_TEST_CASE(assigning_to_itself_changes_nothing) {
  auto held = make();
  const auto& alias = held;
  held = alias;
  BOOST_TEST(alive == 1);
  BOOST_TEST(static_cast<bool>(held));
  auto& target = held;
  target = std::move(held);
  BOOST_TEST(alive == 1);
  BOOST_TEST(static_cast<bool>(target));
}

BOOST_AUTO_TEST_CASE(moving_leaves_nothing_behind) {
  auto from = make();
  const auto to = std::move(from);
  BOOST_TEST(!from); // NOLINT(bugprone-use-after-move)
  BOOST_TEST(static_cast<bool>(to));
  BOOST_TEST(alive == 1);
}

BOOST_AUTO_TEST_CASE(is_asks_for_the_very_same_value) {
  const auto one = make();
  const auto same = one; // NOLINT(performance-unnecessary-copy-initialization)
  const auto other = make();
  const caf_gossip::shared_value<counted> nothing;
  BOOST_TEST(one.is(same));
  BOOST_TEST(!one.is(other));
  BOOST_TEST(!one.is(nothing));
  BOOST_TEST(nothing.is({}));
  BOOST_TEST(!nothing);
}

BOOST_AUTO_TEST_CASE(takes_the_value_without_a_copy) {
  const caf_gossip::shared_value<std::unique_ptr<int>> held{std::make_unique<int>(7)};
  BOOST_TEST(**held == 7);
  BOOST_TEST(*held->get() == 7);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
