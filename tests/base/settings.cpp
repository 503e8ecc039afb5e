#include "caf_gossip/base/settings.hpp"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <type_traits>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/member_ref.hpp"

namespace caf_gossip::tests {

BOOST_AUTO_TEST_SUITE(settings)

namespace {

/// Adding a field to `config` stops this from compiling: count it here and add it to the list.
std::size_t count_fields(const config& cfg) {
  const auto& [a1, a2, a3, a4, a5, a6, a7, b1, b2, b3, b4, b5, b6, b7, s1, s2, s3, s4, s5, c1, c2,
               c3, c4, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15, d16, d17,
               d18, d19, e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14] = cfg;
  static_cast<void>(a1);
  return 56;
}

std::vector<std::string> names() {
  std::vector<std::string> result;
  const config cfg;
  for_each_setting(cfg, [&](const setting& what, const auto&) { result.emplace_back(what.name); });
  return result;
}

/// A valid config in which no relation to another setting narrows the bounds of any.
config wide() {
  config cfg;
  cfg.gossip_interval = milliseconds{1};
  cfg.heartbeat_expiration = std::nullopt;
  cfg.state_value_bytes_max = 64;
  cfg.state_message_bytes_max = 768U << 10U;
  cfg.join_retry_min = milliseconds{1};
  cfg.join_retry_max = milliseconds{3'600'000};
  cfg.quarantine_ttl = milliseconds{0};
  cfg.tombstone_ttl = milliseconds{2'592'000'000};
  return cfg;
}

struct samples {
  std::vector<std::string> good;
  std::vector<std::string> bad;
};

/// Every setting that is a text, or a list of texts.
const std::map<std::string, samples>& texts() {
  static const std::map<std::string, samples> all{
      {"node-id", {{"", "n", std::string(128, 'x'), "a node"}, {std::string(129, 'x'), "a\nb"}}},
      {"cluster-name",
       {{"c", "~ my cluster ~", std::string(64, 'c')},
        {"", std::string(65, 'c'), "tab\t", "\x7f", "\xc3\xa9"}}},
      {"bind-address",
       {{"127.0.0.1", "::1", "localhost", "0.0.0.0", "fe80::1%eth0"},
        {"", "a host", "http://x", "[::1]", std::string(256, 'h')}}},
      {"advertise",
       {{"", "h:1", "10.0.0.1:65535", "[::1]:5"}, {"h", "h:0", "h:65536", "::1:5", ":1"}}},
      {"seeds", {{"h:1", "10.0.0.1:65535", "[::1]:5"}, {"", "h", "h:0", "h:65536", "h:x"}}},
      {"actor-name",
       {{"g", "gossip", "0123456789", "My_actor 1"},
        {"", "01234567890", "a-b", "a.b", " a", "a ", "\xc3\xa9"}}},
      {"detector",
       {{"overdue-heartbeat", "phi-accrual", "fixed-timeout", "swim"},
        {"", "phi", "Phi-Accrual", "fixed-timeout "}}},
  };
  return all;
}

/// Expects `validate` to accept the config, or to name the setting.
void expect(const config& cfg, const setting& what, bool good) {
  const auto result = validate(cfg);
  BOOST_TEST(result.has_value() == good, what.name);
  if (!result)
    BOOST_TEST(result.error().text.find("gossip." + std::string{what.name} + " = ") == 0U,
               result.error().text);
}

template <class T>
void expect_number(config& cfg, const setting& what, T& field, double value, bool good) {
  if constexpr (std::is_arithmetic_v<T>)
    field = static_cast<T>(value);
  else
    field = milliseconds{static_cast<milliseconds::rep>(value)};
  expect(cfg, what, good);
}

template <class T>
constexpr double beyond_type() {
  if constexpr (std::is_integral_v<T>)
    return static_cast<double>(std::numeric_limits<T>::max());
  return 1e18;
}

/// Tries both bounds and the nearest values beyond them that the field can hold.
template <class T>
void check(config& cfg, const setting& what, T& field) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr bool exact = std::is_same_v<T, double>;
  const double below = exact ? std::nextafter(what.min, -infinity) : what.min - 1;
  const double above = exact ? std::nextafter(what.max, infinity) : what.max + 1;
  BOOST_TEST(what.min < what.max);
  expect_number(cfg, what, field, what.min, true);
  expect_number(cfg, what, field, what.max, true);
  if (!std::is_unsigned_v<T> || what.min > 0)
    expect_number(cfg, what, field, below, false);
  if (above <= beyond_type<T>()) {
    expect_number(cfg, what, field, above, false);
    expect_number(cfg, what, field, beyond_type<T>(), false);
  }
}

void check(config& cfg, const setting& what, bool& field) {
  for (const bool value : {true, false}) {
    field = value;
    expect(cfg, what, true);
  }
}

void check(config& cfg, const setting& what, std::string& field) {
  const auto& [good, bad] = texts().at(std::string{what.name});
  for (const auto& value : good)
    expect((field = value, cfg), what, true);
  for (const auto& value : bad)
    expect((field = value, cfg), what, false);
}

void check(config& cfg, const setting& what, std::vector<std::string>& field) {
  const auto& [good, bad] = texts().at(std::string{what.name});
  expect((field = good, cfg), what, true);
  for (const auto& value : bad)
    expect((field = {good.front(), value}, cfg), what, false);
  const auto most = static_cast<std::size_t>(what.max);
  expect((field.assign(most, good.front()), cfg), what, true);
  expect((field.assign(most + 1, good.front()), cfg), what, false);
}

// -- the documentation -------------------------------------------------------------------------

const std::string table_begin = "<!-- settings: begin -->\n";
const std::string table_end = "<!-- settings: end -->\n";
const std::string page_path = CAF_GOSSIP_SOURCE_DIR "/docs/configuration.md";

std::string printed_table() {
  std::string result = "| Setting | Default | Allowed | Meaning |\n|---|---|---|---|\n";
  const config defaults;
  for_each_setting(defaults, [&](const setting& what, const auto& value) {
    result.append("| `").append(what.name).append("` | `").append(show(value)).append("` | ");
    result.append(allowed(what, value)).append(" | ").append(what.meaning).append(" |\n");
  });
  return result;
}

/// Returns where the table stands in the page: offset and size.
std::pair<std::size_t, std::size_t> table_in(const std::string& page) {
  const auto begin = page.find(table_begin);
  const auto end = page.find(table_end);
  BOOST_REQUIRE(begin != std::string::npos);
  BOOST_REQUIRE(end != std::string::npos);
  return {begin + table_begin.size(), end - begin - table_begin.size()};
}

} // namespace

BOOST_AUTO_TEST_CASE(list_every_field_of_config_once) {
  const auto all = names();
  BOOST_TEST(all.size() == count_fields({}));
  BOOST_TEST((std::set<std::string>(all.begin(), all.end()).size()) == all.size());
}

BOOST_AUTO_TEST_CASE(have_names_in_kebab_case_and_a_meaning) {
  const config cfg;
  for_each_setting(cfg, [](const setting& what, const auto&) {
    BOOST_TEST(!what.name.empty());
    BOOST_TEST(what.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos);
    BOOST_TEST(!what.meaning.empty());
  });
}

BOOST_AUTO_TEST_CASE(reach_the_fields_for_writing) {
  config cfg;
  for_each_setting(cfg, [](const setting& what, auto& field) {
    if constexpr (std::is_same_v<decltype(field), std::uint32_t&>)
      if (what.name == "fan-out")
        field = 7;
  });
  BOOST_TEST(cfg.gossip_fan_out == 7U);
}

// S2.12.3, S2.12.1
BOOST_DATA_TEST_CASE(are_accepted_up_to_their_bounds_and_refused_beyond,
                     boost::unit_test::data::make(names()), name) {
  config cfg = wide();
  BOOST_REQUIRE(validate(cfg).has_value());
  for_each_setting(cfg, [&cfg, &name](const setting& what, auto& field) {
    if (what.name == name)
      check(cfg, what, field);
  });
}

BOOST_AUTO_TEST_CASE(are_shown_as_they_are_written_in_a_file) {
  BOOST_TEST(show(milliseconds{0}) == "0ms");
  BOOST_TEST(show(milliseconds{-1000}) == "-1s");
  BOOST_TEST(show(milliseconds{999}) == "999ms");
  BOOST_TEST(show(milliseconds{90'000}) == "90s");
  BOOST_TEST(show(milliseconds{120'000}) == "2min");
  BOOST_TEST(show(milliseconds{86'400'000}) == "24h");
  BOOST_TEST(show(std::optional<milliseconds>{}) == "disabled");
  BOOST_TEST(show(8.0) == "8");
  BOOST_TEST(show(0.25) == "0.25");
  BOOST_TEST(show(std::uint32_t{4294967295}) == "4294967295");
  BOOST_TEST(show(true) == "true");
  BOOST_TEST(show(std::string{"x"}) == "\"x\"");
  BOOST_TEST(show(std::vector<std::string>{"a:1", "b:2"}) == "[\"a:1\", \"b:2\"]");
}

BOOST_AUTO_TEST_CASE(do_not_print_more_than_a_message_can_bear) {
  config cfg;
  cfg.cluster_name.assign(1'000'000, 'x');
  BOOST_TEST(validate(cfg).error().text.size() < 1000U);
  cfg = {};
  cfg.seeds.assign(100'000, "a:1");
  BOOST_TEST(validate(cfg).error().text.size() < 1000U);
}

BOOST_AUTO_TEST_CASE(stand_in_the_documentation) {
  std::ifstream in{page_path};
  std::string page{std::istreambuf_iterator<char>{in}, {}};
  const auto [offset, size] = table_in(page);
  const auto wanted = printed_table();
  if (const char* write = std::getenv("CAF_GOSSIP_WRITE_DOCS"); write && *write == '1')
    std::ofstream{page_path} << page.replace(offset, size, wanted);
  else
    BOOST_TEST(page.substr(offset, size) == wanted,
               "docs/configuration.md is not up to date; run this with CAF_GOSSIP_WRITE_DOCS=1");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
