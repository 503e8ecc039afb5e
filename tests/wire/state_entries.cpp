/// The state of members in frames: keys, values, what was removed, and how much fits.

#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/settings.hpp"
#include "caf_gossip/wire/codec.hpp"
#include "tests/support/wire_samples.hpp"
#include "tests/wire/sealing.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;
using wire::decode_error;

namespace {

wire::bytes encoded(const wire::frame& message) {
  return wire::encode(message, frame_bytes_max).value();
}

wire::frame carrying(state_payload body) {
  return {sample_head(), std::move(body)};
}

wire::frame request_with(const std::string& key, gossip_key_value entry) {
  gossip_state state;
  state.members["a"] = {1, {{key, std::move(entry)}}};
  return carrying(gossip_request{"a", std::move(state)});
}

/// Returns the greatest value that a setting may have.
std::size_t greatest(std::string_view name) {
  double result = 0;
  const config cfg;
  for_each_setting(cfg, [&](const setting& what, const auto&) {
    if (what.name == name)
      result = what.max;
  });
  return static_cast<std::size_t>(result);
}

/// Returns a number as a text of `size` bytes.
std::string padded(std::size_t number, std::size_t size) {
  const auto digits = std::to_string(10'000'000 + number);
  return std::string(size - digits.size(), 'x') + digits;
}

/// Returns as many copies of an entry as a message may carry at the most, of as many members as it
/// carries by default, all of them with the longest ids.
wire::frame greatest_request(std::size_t key_bytes, const gossip_key_value& each) {
  const auto entry_size = entry_bytes(padded(0, key_bytes), each.value);
  gossip_state state;
  for (std::size_t i = 0; i < greatest("state-message-bytes-max") / entry_size; ++i) {
    auto& member = state.members[padded(i % config{}.gossip_max_send, node_id_bytes_max)];
    member.incarnation = greatest_u64;
    member.entries.emplace(padded(i, key_bytes), each);
  }
  return carrying(gossip_request{"a", std::move(state)});
}

} // namespace

BOOST_AUTO_TEST_SUITE(state_entries)

BOOST_AUTO_TEST_CASE(tells_an_absent_response_state_from_an_empty_one,
                     *boost::unit_test::description("S5.3.1")) {
  const auto state_of = [](std::optional<gossip_state> state) {
    const auto data = encoded(carrying(gossip_response{errc::none, state}));
    const auto message = wire::decode(data, frame_bytes_max).value();
    return std::get<gossip_response>(std::get<state_payload>(message.body)).state;
  };
  BOOST_TEST(!state_of(std::nullopt).has_value());
  BOOST_TEST_REQUIRE(state_of(gossip_state{}).has_value());
  BOOST_TEST(state_of(gossip_state{})->members.empty());
}

BOOST_AUTO_TEST_CASE(writes_equal_states_as_equal_bytes, *boost::unit_test::description("S5.1.5")) {
  const gossip_key_value one{{1}, 1, 10};
  const gossip_key_value two{{2}, 2, 20};
  gossip_state forwards;
  forwards.members["a"].entries["x"] = one;
  forwards.members["a"].entries["y"] = two;
  forwards.members["b"].entries["z"] = one;
  gossip_state backwards;
  backwards.members["b"].entries["z"] = one;
  backwards.members["a"].entries["y"] = two;
  backwards.members["a"].entries["x"] = one;
  const auto bytes_of = [](const gossip_state& state) {
    return encoded(carrying(gossip_request{"a", state}));
  };
  BOOST_TEST(bytes_of(forwards) == bytes_of(backwards));
  backwards.members["a"].entries["y"] = one;
  BOOST_TEST(bytes_of(forwards) != bytes_of(backwards));
}

// The separator of map entries is a control character. Which keys make sense, the store decides.
BOOST_AUTO_TEST_CASE(takes_keys_of_1_to_255_bytes_whatever_they_are,
                     *boost::unit_test::description("S5.1.5")) {
  static_assert(key_bytes_max == 255);
  for (const auto& key : {std::string{"k"}, std::string{"\x1f"}, std::string{"map\x1fkey"},
                          std::string("\0\n\x7f\xff", 4), std::string(key_bytes_max, '\x1f')}) {
    const auto message = request_with(key, {{1}, 1, 1});
    BOOST_TEST((wire::decode(encoded(message), frame_bytes_max) == message), key);
  }
}

BOOST_AUTO_TEST_CASE(refuses_removed_entries_with_a_value) {
  const gossip_key_value removed{{}, 7, 8, true};
  const auto message = request_with("k", removed);
  BOOST_TEST((wire::decode(encoded(message), frame_bytes_max) == message));
  auto with_value = removed;
  with_value.value = {0};
  BOOST_TEST((refusal_of(encoded(request_with("k", with_value))) == decode_error::invalid));
  gossip_state state;
  state.members["a"].entries = {{"j", removed}, {"k", with_value}};
  BOOST_TEST(
      (refusal_of(encoded(carrying(gossip_response{errc::none, state}))) == decode_error::invalid));
}

BOOST_AUTO_TEST_CASE(writes_the_greatest_value_into_a_frame_of_a_stream) {
  constexpr std::size_t size = 512U * 1024U;
  BOOST_TEST(greatest("state-value-bytes-max") <= size);
  const auto message =
      request_with(std::string(key_bytes_max, 'k'), {byte_buffer(size, 0xff), 1, 1});
  const auto data = encoded(message);
  BOOST_TEST(data.size() < frame_bytes_max);
  BOOST_TEST((wire::decode(data, frame_bytes_max) == message));
}

// What an entry counts for is more than what it takes in a frame.
BOOST_AUTO_TEST_CASE(writes_the_greatest_message_into_a_frame_of_a_stream) {
  const gossip_key_value values[] = {{{}, greatest_u64, -1},
                                     {{}, greatest_u64, -1, true},
                                     {{1}, greatest_u64, -1},
                                     {byte_buffer(65'536, 1), greatest_u64, -1}};
  for (const auto& each : values)
    for (const std::size_t key_bytes : {8U, 255U}) {
      const auto message = greatest_request(key_bytes, each);
      const auto data = encoded(message);
      BOOST_TEST(data.size() < frame_bytes_max);
      BOOST_TEST((wire::decode(data, frame_bytes_max) == message));
    }
}

BOOST_AUTO_TEST_SUITE_END()
