/// What arrives broken is refused, whole, and never becomes another message.

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/random.hpp"
#include "caf_gossip/wire/codec.hpp"
#include "tests/support/wire_samples.hpp"
#include "tests/wire/sealing.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
using wire::decode_error;

namespace {

/// Decodes a copy that ends where the bytes end, so that the address sanitizer sees every access
/// behind them.
tl::expected<wire::frame, decode_error> decode_alone(std::span<const std::uint8_t> data) {
  const wire::bytes copy(data.begin(), data.end());
  return wire::decode(copy, frame_bytes_max);
}

wire::bytes encoded(const wire::frame& message) {
  return wire::encode(message, frame_bytes_max).value();
}

/// Tells whether every field of a message is within its bounds.
struct within_bounds {
  bool operator()(const shared_records& records) const {
    return std::all_of(records.begin(), records.end(), [](const shared_record& item) {
      return is_valid(*item) && to_member_status(static_cast<std::uint8_t>(item->status));
    });
  }
  bool operator()(const std::pair<const std::string, gossip_key_value>& entry) const {
    return !entry.first.empty() && entry.first.size() <= key_bytes_max
           && (!entry.second.removed || entry.second.value.empty());
  }
  bool operator()(const gossip_state& state) const {
    return std::all_of(state.members.begin(), state.members.end(), [this](const auto& member) {
      const auto& entries = member.second.entries;
      return is_valid_node_id(member.first) && std::all_of(entries.begin(), entries.end(), *this);
    });
  }
  bool operator()(const member_ref& who) const {
    return is_valid_node_id(who.id) && who.incarnation != 0 && is_reachable(who.address);
  }
  bool operator()(const std::vector<hash_range>& ranges) const {
    const auto is_bad = [](const hash_range& one) { return one.last < one.first; };
    const auto clash = [](const hash_range& one, const hash_range& next) {
      return next.first <= one.last;
    };
    return ranges.size() <= 4096 && std::ranges::none_of(ranges, is_bad)
           && std::ranges::adjacent_find(ranges, clash) == ranges.end();
  }
  bool operator()(errc code) const { return to_errc(static_cast<std::uint8_t>(code)).has_value(); }
  bool optional_id(const node_id& id) const { return id.empty() || is_valid_node_id(id); }

  bool operator()(const heartbeat& what) const { return (*this)(what.news); }
  bool operator()(const delta& what) const { return (*this)(what.records); }
  bool operator()(const ack&) const { return true; }
  bool operator()(const join_request& what) const { return is_valid(what.self); }
  bool operator()(const join_response& what) const {
    return (!what.refused || ((*this)(what.refused->code) && what.refused->text.size() <= 1024))
           && (*this)(what.page.records) && optional_id(what.page.next);
  }
  bool operator()(const roster_request& what) const { return optional_id(what.after); }
  bool operator()(const roster_response& what) const {
    return (*this)(what.page.records) && optional_id(what.page.next);
  }
  bool operator()(const sync_request& what) const { return (*this)(what.scope); }
  bool operator()(const sync_response& what) const { return (*this)(what.records); }
  bool operator()(const ping& what) const { return (*this)(what.news); }
  bool operator()(const ping_ack& what) const { return (*this)(what.news); }
  bool operator()(const probe_request& what) const { return (*this)(what.subject); }
  bool operator()(const probe_report& what) const { return (*this)(what.subject); }
  bool operator()(const accusation& what) const {
    return (*this)(what.subject) && what.found <= evidence::refused;
  }
  bool operator()(const range_request& what) const { return (*this)(what.ranges); }
  bool operator()(const range_response& what) const { return (*this)(what.ranges); }
  bool operator()(const gossip_request& what) const {
    return is_valid_node_id(what.from_member_id) && (*this)(what.state)
           && (!what.question || is_valid(*what.question));
  }
  bool operator()(const gossip_response& what) const {
    return (*this)(what.rejected) && (!what.state || (*this)(*what.state))
           && (!what.findings || is_valid(*what.findings));
  }
  bool operator()(const wire::reject& what) const {
    return (*this)(what.reason) && what.text.size() <= 1024;
  }
  bool operator()(const membership_payload& what) const { return std::visit(*this, what); }
  bool operator()(const state_payload& what) const { return std::visit(*this, what); }
  bool operator()(const wire::frame& what) const {
    const auto& head = what.head;
    const bool known = (*this)(head.sender);
    return !head.cluster.empty() && head.cluster.size() <= 255
           && (known || std::holds_alternative<wire::reject>(what.body))
           && std::visit(*this, what.body);
  }
};

/// Whatever is returned has meaning, and can be written again.
bool is_harmless(std::span<const std::uint8_t> data) {
  const auto result = decode_alone(data);
  if (!result)
    return true;
  return within_bounds{}(*result) && decode_alone(encoded(*result)) == *result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(corruption)

BOOST_AUTO_TEST_CASE(of_the_length_is_always_noticed) {
  for (const auto& [name, message] : wire_samples()) {
    auto data = encoded(message);
    std::size_t accepted = 0;
    for (std::size_t size = 0; size < data.size(); ++size) {
      const auto result = decode_alone(std::span{data}.first(size));
      accepted += result.has_value() || result.error() != decode_error::truncated;
    }
    BOOST_TEST(accepted == 0U, name);
    data.push_back(0);
    BOOST_TEST((refusal_of(data) == decode_error::invalid), name);
  }
}

BOOST_AUTO_TEST_CASE(of_one_bit_is_always_noticed,
                     *boost::unit_test::description("S5.3.1: rejects corrupted buffers")) {
  for (const auto& [name, message] : wire_samples()) {
    auto data = encoded(message);
    std::size_t accepted = 0;
    for (std::size_t at = 0; at < data.size(); ++at)
      for (unsigned bit = 0; bit < 8; ++bit) {
        const auto good = data[at];
        data[at] = static_cast<std::uint8_t>(good ^ (1U << bit));
        accepted += wire::decode(data, frame_bytes_max).has_value();
        data[at] = good;
      }
    BOOST_TEST(accepted == 0U, name);
  }
}

BOOST_AUTO_TEST_CASE(of_one_byte_is_always_noticed) {
  for (const auto& [name, message] : wire_samples()) {
    auto data = encoded(message);
    std::size_t accepted = 0;
    for (auto& byte : data) {
      const auto good = byte;
      for (const unsigned change : {0xffU, 0x55U, 0xaaU, 0x03U}) {
        byte = static_cast<std::uint8_t>(good ^ change);
        accepted += wire::decode(data, frame_bytes_max).has_value();
      }
      byte = good;
    }
    BOOST_TEST(accepted == 0U, name);
  }
}

BOOST_AUTO_TEST_CASE(behind_a_right_checksum_does_no_harm) {
  random_source random{1};
  for (const auto& [name, message] : wire_samples()) {
    auto data = encoded(message);
    std::size_t harmful = 0;
    for (std::size_t at = wire::header_bytes; at < data.size(); ++at) {
      const auto good = data[at];
      for (const auto bad : {good ^ (1U << random.below(8)), good ^ 0xffU, good + 1U}) {
        data[at] = static_cast<std::uint8_t>(bad);
        seal(data);
        harmful += !is_harmless(data);
      }
      data[at] = good;
    }
    BOOST_TEST(harmful == 0U, name);
  }
}

BOOST_AUTO_TEST_CASE(of_many_bytes_behind_a_right_checksum_does_no_harm) {
  random_source random{2};
  for (const auto& [name, message] : wire_samples()) {
    const auto good = encoded(message);
    std::size_t harmful = 0;
    for (int round = 0; round < 300; ++round) {
      auto data = good;
      for (auto count = 1 + random.below(16); count > 0; --count) {
        const auto at = wire::header_bytes + random.below(data.size() - wire::header_bytes);
        data[at] =
            static_cast<std::uint8_t>(random.below(4) == 0 ? random.below(256) : random.below(16));
      }
      data.resize(data.size() - random.below(data.size() - wire::header_bytes) * (round % 2 == 0));
      data[5] = static_cast<std::uint8_t>(random.below(256));
      put(data, 8, 4, data.size() - wire::header_bytes);
      seal(data);
      harmful += !is_harmless(data);
    }
    BOOST_TEST(harmful == 0U, name);
  }
}

BOOST_AUTO_TEST_CASE(garbage_is_never_a_frame) {
  random_source random{3};
  std::size_t accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    wire::bytes data(random.below(200));
    for (auto& byte : data)
      byte = static_cast<std::uint8_t>(random.below(256));
    accepted += decode_alone(data).has_value();
    accepted += decode_alone(sealed(data)).has_value();
  }
  BOOST_TEST(accepted == 0U);
}

BOOST_AUTO_TEST_CASE(a_declared_gigabyte_is_refused_without_allocation) {
  auto header = sealed({});
  put(header, 8, 4, 1U << 30U);
  BOOST_TEST((refusal_of(header) == decode_error::too_large));
  // Within the greatest limit one waits for the bytes, and holds only those that came.
  put(header, 8, 4, (1U << 30U) - wire::header_bytes);
  BOOST_TEST((wire::decode(header, 1U << 30U).error() == decode_error::truncated));
}

BOOST_AUTO_TEST_SUITE_END()
