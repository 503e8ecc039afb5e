/// The slots of a member_table, and the table as a whole beside a naive model of it.
#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/random.hpp"
#include "caf_gossip/membership/member_table.hpp"
#include "tests/support/printing.hpp"

namespace caf_gossip::test {

namespace {

using namespace std::chrono_literals;
using enum member_status;

constexpr time_point start{1h};

record named(const node_id& id, member_status status = up, std::uint64_t incarnation = 1) {
  return {id, {"host-" + id, 1}, incarnation, 1, status, {}};
}

/// What a table shall do, in maps and without thought for speed.
struct table_model {
  struct item {
    record rec;
    time_point since{};
  };
  std::map<node_id, item> items;
  std::map<authority, node_id> newest;

  static bool precedes(const record& lhs, const record& rhs) {
    return std::tie(lhs.incarnation, lhs.id) > std::tie(rhs.incarnation, rhs.id);
  }

  void release(const record& rec) {
    const auto claim = newest.find(rec.address);
    if (claim != newest.end() && claim->second == rec.id)
      newest.erase(claim);
  }

  void store(const record& rec, time_point now) {
    const auto known = items.find(rec.id);
    // A suspicion of another version is another suspicion.
    const bool same = known != items.end() && known->second.rec.incarnation == rec.incarnation
                      && known->second.rec.status == rec.status
                      && (rec.status != suspect || known->second.rec.version == rec.version);
    if (known != items.end() && known->second.rec.address != rec.address)
      release(known->second.rec);
    items.insert_or_assign(rec.id, item{rec, same ? known->second.since : now});
    auto& claimant = newest.try_emplace(rec.address, rec.id).first->second;
    if (precedes(rec, items.at(claimant).rec))
      claimant = rec.id;
  }

  void merge(record rec, time_point now) {
    const auto known = items.find(rec.id);
    if (known != items.end() && known->second.rec == rec)
      return;
    const auto claim = newest.find(rec.address);
    std::optional<record> loser;
    if (claim != newest.end() && claim->second != rec.id) {
      const auto& other = items.at(claim->second).rec;
      if (precedes(other, rec))
        rec.status = removed;
      else if (other.status != removed)
        loser = other;
    }
    if (known != items.end() && compare(rec, known->second.rec) <= 0)
      return;
    if (loser) {
      loser->status = removed;
      store(*loser, now);
    }
    store(rec, now);
  }

  std::size_t forget(time_point before) {
    return std::erase_if(items, [&](const auto& one) {
      const bool old = is_final(one.second.rec.status) && one.second.since < before;
      if (old)
        release(one.second.rec);
      return old;
    });
  }

  std::vector<member_ref> members() const {
    std::vector<member_ref> result;
    for (const auto& [id, one] : items)
      if (is_active(one.rec.status))
        result.push_back(ref_of(one.rec));
    return result;
  }

  std::uint64_t roster_hash() const {
    std::uint64_t sum = 0;
    for (const auto& [id, one] : items)
      sum += is_active(one.rec.status) ? hash_of(one.rec) : 0;
    return sum == 0 ? 1 : sum;
  }
};

struct fixture {
  member_table sut{1000, 1000};

  void merge(const record& what) { sut.merge(what, {}, {}, start); }

  std::vector<node_id> ring() const {
    std::vector<node_id> result;
    sut.visit([&](const member_entry& entry) { result.push_back(entry.rec->id); });
    return result;
  }

  static std::vector<node_id> ids(const std::vector<const member_entry*>& entries) {
    std::vector<node_id> result;
    for (const auto* entry : entries)
      result.push_back(entry->rec->id);
    return result;
  }

  void compare_with(const table_model& model) const {
    BOOST_TEST(sut.size() == model.items.size());
    BOOST_TEST(sut.members() == model.members());
    BOOST_TEST(sut.active_count() == model.members().size());
    BOOST_TEST(sut.roster_hash() == model.roster_hash());
    std::vector<std::pair<std::uint64_t, node_id>> order;
    for (const auto& [id, one] : model.items) {
      const auto* entry = sut.find(id);
      BOOST_REQUIRE(entry != nullptr);
      BOOST_TEST(*entry->rec == one.rec);
      BOOST_TEST((entry->how->since == one.since));
      BOOST_TEST(&sut.at(sut.slot_of(id).value()) == entry);
      BOOST_TEST(sut.find_hash(hash_of_id(id)) == entry);
      const auto claim = model.newest.find(one.rec.address);
      const auto* newest = sut.find_newest(one.rec.address);
      BOOST_TEST((newest == nullptr) == (claim == model.newest.end()));
      if (newest != nullptr)
        BOOST_TEST(newest->rec->id == claim->second);
      order.emplace_back(hash_of_id(id), id);
    }
    std::sort(order.begin(), order.end());
    const auto seen = ring();
    BOOST_TEST_REQUIRE(seen.size() == order.size());
    for (std::size_t i = 0; i < seen.size(); ++i)
      BOOST_TEST(seen[i] == order[i].second);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(table_slots, fixture)

BOOST_AUTO_TEST_CASE(stay_the_same_as_long_as_the_id_is_known) {
  for (const auto* id : {"a", "b", "c"})
    merge(named(id));
  const auto before = sut.slot_of("b");
  merge(named("b", suspect));
  merge(named("b", up, 2));
  merge(named("d"));
  merge(named("b", dead, 2));
  BOOST_TEST(sut.slot_of("b").value() == before.value());
  BOOST_TEST(sut.at(*before).rec->status == dead);
  BOOST_TEST(!sut.slot_of("unknown").has_value());
}

BOOST_AUTO_TEST_CASE(are_used_again_after_forgetting) {
  for (const auto* id : {"a", "b", "c"})
    merge(named(id));
  const auto freed = sut.slot_of("b").value();
  merge(named("b", dead));
  sut.forget_tombstones(time_point::max());
  BOOST_TEST(!sut.slot_of("b").has_value());
  BOOST_TEST(!sut.at(freed).rec);
  BOOST_TEST(sut.slots() == 3U);
  merge(named("d"));
  BOOST_TEST(sut.slot_of("d").value() == freed);
  merge(named("b", up, 2));
  BOOST_TEST(sut.slots() == 4U);
  sut.clear();
  BOOST_TEST(sut.slots() == 0U);
  BOOST_TEST(!sut.slot_of("a").has_value());
}

// The hashes of each pair agree in their upper half.
BOOST_AUTO_TEST_CASE(of_hashes_with_the_same_half_stand_in_the_order_of_the_whole) {
  const std::vector<std::pair<node_id, node_id>> pairs{
      {"n6848", "n16623"}, {"n40057", "n66615"}, {"n37367", "n81128"}};
  for (const auto& [lower, upper] : pairs) {
    BOOST_TEST_REQUIRE((hash_of_id(lower) >> 32U) == (hash_of_id(upper) >> 32U));
    BOOST_TEST_REQUIRE(hash_of_id(lower) < hash_of_id(upper));
    for (const bool swapped : {false, true}) {
      sut.clear();
      merge(named(swapped ? upper : lower));
      merge(named(swapped ? lower : upper));
      BOOST_TEST(ring() == (std::vector{lower, upper}), boost::test_tools::per_element());
      BOOST_TEST(sut.find(lower)->rec->id == lower);
      BOOST_TEST(sut.find(upper)->rec->id == upper);
      BOOST_TEST(sut.find_hash(hash_of_id(upper)) == sut.find(upper));
      merge(named("a"));
      merge(named("b"));
      BOOST_TEST(ids(sut.successors(lower, 1)) == std::vector{upper},
                 boost::test_tools::per_element());
      BOOST_TEST(ids(sut.predecessors(upper, 1)) == std::vector{lower},
                 boost::test_tools::per_element());
      BOOST_TEST(ids(sut.successors(upper, 9)).size() == 3U);
      BOOST_TEST(ids(sut.predecessors(lower, 9)).size() == 3U);
      std::vector<node_id> within;
      sut.visit_range(hash_of_id(lower) + 1, hash_of_id(upper),
                      [&](const member_entry& entry) { within.push_back(entry.rec->id); });
      BOOST_TEST(within == std::vector{upper}, boost::test_tools::per_element());
      merge(named(lower, dead));
      sut.forget_tombstones(time_point::max());
      BOOST_TEST(sut.find(lower) == nullptr);
      BOOST_TEST(sut.find(upper)->rec->id == upper);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_table_does_what_its_model_does) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      random_source random{seed};
      table_model model;
      sut.clear();
      auto now = start;
      for (int step = 0; step < 200; ++step) {
        now += std::chrono::milliseconds{random.below(3)};
        const auto what = random.below(40);
        if (what == 0) {
          const auto before = now - std::chrono::milliseconds{random.below(40)};
          BOOST_TEST(sut.forget_tombstones(before) == model.forget(before));
        } else if (what == 1 && random.below(10) == 0) {
          sut.clear();
          model = {};
        } else {
          // Fewer authorities than ids and runs: they get into each other's way.
          const record rec{"n" + std::to_string(random.below(12)),
                           {"host-" + std::to_string(random.below(8)), 1},
                           1 + random.below(4),
                           1 + random.below(3),
                           all_statuses[random.below(all_statuses.size())],
                           {}};
          sut.merge(rec, {}, {}, now);
          model.merge(rec, now);
        }
        BOOST_TEST(sut.slots() <= 12U);
      }
      compare_with(model);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
