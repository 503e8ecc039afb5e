#include "caf_gossip/membership/member_status.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace caf_gossip::tests {

using status = caf_gossip::member_status;

BOOST_AUTO_TEST_SUITE(member_status)

namespace {

struct row {
  status from;
  std::vector<status> to;
};

bool contains(const std::vector<status>& all, status one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// Compares a relation with the table of all pairs for which it holds.
template <class Relation>
void expect_exactly(Relation holds, const std::vector<row>& table) {
  BOOST_TEST(table.size() == all_statuses.size());
  for (const auto& [from, allowed] : table)
    for (const auto to : all_statuses)
      BOOST_TEST(holds(from, to) == contains(allowed, to), to_string(from)
                                                               << " to " << to_string(to));
}

} // namespace

// S3.2.5: the transition matrix, row by row. removed and dead come back only as another
// incarnation.
BOOST_AUTO_TEST_CASE(changes_only_as_the_matrix_allows) {
  expect_exactly(is_transition,
                 {{status::joining,
                   {status::up, status::suspect, status::leaving, status::dead, status::removed}},
                  {status::up, {status::suspect, status::leaving, status::dead}},
                  {status::suspect, {status::up, status::leaving, status::dead}},
                  {status::leaving, {status::removed, status::dead}},
                  {status::dead, {status::removed}},
                  {status::removed, {}}});
}

// S3.2.5: what a record may say when steps were missed.
BOOST_AUTO_TEST_CASE(is_reached_along_paths_of_allowed_steps) {
  expect_exactly(
      is_reachable,
      {{status::joining,
        {status::joining, status::up, status::suspect, status::leaving, status::dead,
         status::removed}},
       {status::up, {status::up, status::suspect, status::leaving, status::dead, status::removed}},
       {status::suspect,
        {status::up, status::suspect, status::leaving, status::dead, status::removed}},
       {status::leaving, {status::leaving, status::dead, status::removed}},
       {status::dead, {status::dead, status::removed}},
       {status::removed, {status::removed}}});
}

// S3.2.5: reachability is nothing but steps, found by walking instead of closing the matrix.
BOOST_AUTO_TEST_CASE(is_reached_by_steps_only) {
  for (const auto from : all_statuses) {
    std::set<status> reached{from};
    std::vector<status> open{from};
    while (!open.empty()) {
      const auto here = open.back();
      open.pop_back();
      for (const auto next : all_statuses)
        if (is_transition(here, next) && reached.insert(next).second)
          open.push_back(next);
    }
    for (const auto to : all_statuses)
      BOOST_TEST(is_reachable(from, to) == (reached.count(to) == 1));
  }
}

// S3.2.3, S3.2.4
BOOST_AUTO_TEST_CASE(is_active_until_it_leaves_or_dies) {
  const std::vector<status> active{status::joining, status::up, status::suspect};
  const std::vector<status> final{status::removed, status::dead};
  for (const auto one : all_statuses) {
    BOOST_TEST(is_active(one) == contains(active, one));
    BOOST_TEST(is_final(one) == contains(final, one));
  }
}

// S1.1.3, S4.7: the numbers travel, so they stay.
BOOST_AUTO_TEST_CASE(has_fixed_codes_and_names) {
  const std::pair<status, std::string_view> agreed[] = {
      {status::joining, "joining"}, {status::up, "up"},           {status::suspect, "suspect"},
      {status::leaving, "leaving"}, {status::removed, "removed"}, {status::dead, "dead"}};
  unsigned code = 0;
  for (const auto& [value, name] : agreed) {
    BOOST_TEST(static_cast<unsigned>(value) == code++);
    BOOST_TEST(to_string(value) == name);
  }
  for (unsigned read = 0; read < 256; ++read) {
    const auto found = to_member_status(static_cast<std::uint8_t>(read));
    BOOST_TEST(found.has_value() == (read < code));
    if (found)
      BOOST_TEST(static_cast<unsigned>(*found) == read);
  }
  BOOST_TEST(to_string(static_cast<status>(6)) == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
