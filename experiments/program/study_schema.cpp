#include "experiments/program/study_schema.h"

#include "experiments/program/names.h"
#include "framework/adapter/variant.h"
#include "framework/merge/merge_method.h"
#include "framework/model/backbone.h"
#include "framework/run/run_config.h"
#include "framework/study/study_file.h"
#include "framework/suites/suite.h"

#include <map>
#include <string>
#include <vector>

namespace rankwise {

namespace {

using Schema = nlohmann::ordered_json;

Schema referring_to(const std::string& name) { return {{"$ref", "#/definitions/" + name}}; }

// Of what messages call a type: "an integer or null", "a list, each a string". Nothing is said of a
// type that is spelled in words of its own.
Schema type_schema(const std::string& words) {
  static const std::map<std::string, const char*> kTypes{
      {"true or false", "boolean"}, {"an integer", "integer"}, {"a number", "number"},
      {"a string", "string"},       {"an object", "object"},   {"a list", "array"}};
  constexpr std::string_view kOrNull = " or null", kList = "a list, each ";
  if (words.starts_with(kList)) {
    return {{"type", "array"}, {"items", type_schema(words.substr(kList.size()))}};
  }
  const bool may_be_null = words.ends_with(kOrNull);
  const auto found =
      kTypes.find(may_be_null ? words.substr(0, words.size() - kOrNull.size()) : words);
  if (found == kTypes.end()) return Schema::object();
  if (may_be_null) return {{"type", {found->second, "null"}}};
  return {{"type", found->second}};
}

void add_limits(Schema& schema, const Limits& limits) {
  if (schema.contains("items")) return add_limits(schema["items"], limits);
  if (limits.low) schema[limits.low_is_open ? "exclusiveMinimum" : "minimum"] = *limits.low;
  if (limits.high) schema[limits.high_is_open ? "exclusiveMaximum" : "maximum"] = *limits.high;
  if (!limits.choices.empty()) schema["enum"] = limits.choices;
}

Schema option_schema(const OptionInfo& option) {
  Schema schema = type_schema(option.type);
  add_limits(schema, option.limits);
  schema["description"] = option.help;
  schema["default"] = Schema::parse(option.default_value);
  return schema;
}

Schema closed_object() {
  return {{"type", "object"}, {"properties", Schema::object()}, {"additionalProperties", false}};
}

// An option "sampler.tasks" is the member `tasks` of the object `sampler`.
void add_option(Schema& object, const std::string& name, const OptionInfo& option) {
  Schema& properties = object["properties"];
  const auto dot = name.find('.');
  if (dot != std::string::npos) {
    Schema& inner = properties[name.substr(0, dot)];
    if (inner.is_null()) inner = closed_object();
    return add_option(inner, name.substr(dot + 1), option);
  }
  properties[name] = option_schema(option);
  for (const auto* others : {&option.elsewhere, &option.aliases}) {
    for (const std::string& other : *others) {
      properties[other] = option_schema(option);
      properties[other]["description"] = fmt::format("another name of {}: {}", name, option.help);
    }
  }
}

Schema object_schema(const std::vector<OptionInfo>& options) {
  Schema object = closed_object();
  for (const OptionInfo& option : options) add_option(object, option.name, option);
  return object;
}

// `then` counts where `member` is `value`.
Schema where(const std::string& member, const std::string& value, Schema then) {
  return {{"if", {{"properties", {{member, {{"const", value}}}}}, {"required", {member}}}},
          {"then", std::move(then)}};
}

Schema options_in(const std::string& definition) {
  return {{"properties", {{"options", referring_to(definition)}}}};
}

Schema lists_schema(const char* description) {
  return {{"type", {"object", "null"}},
          {"description", description},
          {"additionalProperties", {{"type", "array"}, {"minItems", 1}}}};
}

Schema backbone_schema() {
  Schema schema{{"type", "object"},
                {"properties", {{"name", {{"enum", backbones().names()}}}}},
                {"allOf", Schema::array()}};
  for (const std::string& name : backbones().names()) {
    Schema options = object_schema(backbones().find(name).options);
    options["properties"]["name"] = Schema::object();
    schema["allOf"].push_back(where("name", name, std::move(options)));
  }
  return schema;
}

Schema data_schema() {
  Schema schema = object_schema(describe_options<DataOptions>());
  for (const std::string& name : suites().names()) {
    schema["allOf"].push_back(where("suite", name, options_in("options of suite " + name)));
  }
  return schema;
}

Schema run_schema() {
  Schema schema = object_schema(run_members());
  Schema& properties = schema["properties"];
  properties["variant"]["enum"] = variants().names();
  properties["variant"].erase("default");
  properties["backbone"] = referring_to("backbone");
  properties["data"] = referring_to("data");
  properties["sweep"] = lists_schema("a row for every combination of the values of these lists");
  properties["zip"] =
      lists_schema("a row for the first values of these lists, for the second, ...");
  for (const std::string& name : variants().names()) {
    schema["allOf"].push_back(where("variant", name, options_in("options of variant " + name)));
  }
  return schema;
}

Schema outputs_schema(const std::vector<std::string>& names) {
  Schema with_options{{"type", "object"},
                      {"propertyNames", {{"enum", names}}},
                      {"minProperties", 1},
                      {"maxProperties", 1},
                      {"additionalProperties", {{"type", "object"}}}};
  return {{"type", "array"}, {"items", {{"anyOf", {{{"enum", names}}, with_options}}}}};
}

Schema names_schema(const std::vector<std::string>& names) {
  return {{"type", "array"}, {"items", {{"enum", names}}}};
}

Schema definitions() {
  Schema all{{"run", run_schema()}, {"backbone", backbone_schema()}, {"data", data_schema()}};
  for (const std::string& name : variants().names()) {
    all["options of variant " + name] = object_schema(variants().find(name).options);
  }
  for (const std::string& name : suites().names()) {
    all["options of suite " + name] = object_schema(suites().find(name).options);
  }
  return all;
}

// Replaces what a member holds, not its description.
void refine(Schema& property, const Schema& other) {
  property.erase("default");
  property.update(other);
}

}  // namespace

Schema study_schema() {
  Schema schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
                {"title", "a study of rankwise"}};
  schema.update(object_schema(study_members()));
  schema["properties"]["$schema"] = {{"type", "string"}};
  schema["required"] = Schema::array({"study"});
  Schema& properties = schema["properties"];
  refine(properties["defaults"], referring_to("run"));
  refine(properties["runs"], {{"items", referring_to("run")}});
  refine(properties["tables"], outputs_schema(table_names()));
  refine(properties["figures"], outputs_schema(figure_names()));
  refine(properties["papers"], names_schema(paper_names()));
  refine(properties["merge"], names_schema(merge_methods().names()));
  schema["definitions"] = definitions();
  return schema;
}

}  // namespace rankwise
