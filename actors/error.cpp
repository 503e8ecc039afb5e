#include "actors/error.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

namespace caf_gossip {

namespace {

std::string text_of(const caf::message& context) {
  if (context.size() > 0 && context.match_element<std::string>(0))
    return context.get_as<std::string>(0);
  return context.empty() ? std::string{} : caf::to_string(context);
}

std::string render(std::uint8_t code, caf::atom_value, const caf::message& context) {
  return "gossip: " + to_string(error{static_cast<errc>(code), text_of(context)});
}

} // namespace

caf::error to_caf(const error& what) {
  return caf::make_error(what.code, what.text);
}

error from_caf(const caf::error& what) {
  if (what.category() == caf::atom("gossip"))
    return {to_errc(what.code()).value_or(errc::network_error), text_of(what.context())};
  if (what == caf::sec::request_timeout)
    return {errc::timeout, "no answer within the limit"};
  if (what == caf::sec::request_receiver_down || what.category() == caf::atom("exit"))
    return {errc::not_started, "the actor has terminated"};
  return {errc::network_error, caf::to_string(what)};
}

void add_error_rendering(caf::actor_system_config& cfg) {
  cfg.add_error_category(caf::atom("gossip"), render);
}

} // namespace caf_gossip
