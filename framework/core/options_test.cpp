#include "framework/core/options.h"

#include <gtest/gtest.h>

namespace rankwise {
namespace {

struct Inner {
  double rate = 0.5;
  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("rate", self.rate, "share", between(0, 1));
  }
};

enum class Gating { kSigmoid, kSoftmax };

struct Outer {
  std::int64_t rank = 8;
  std::optional<double> alpha;
  Gating gate = Gating::kSigmoid;
  std::vector<std::int64_t> ranks{1, 2};
  Inner inner;
  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field(renamed("rank", "ranks_in_all", "r"), self.rank, "total ranks", positive());
    field(also_called("alpha", "lora_alpha"), self.alpha, "numerator of the scale", positive());
    field("gate", self.gate, "how scores become gates",
          {{Gating::kSigmoid, "sigmoid"}, {Gating::kSoftmax, "softmax"}});
    field("ranks", self.ranks, "candidates", each(positive()));
    field("inner", self.inner, "nested");
  }
};

std::string refusal(const char* text) {
  try {
    parse_options<Outer>(nlohmann::json::parse(text), "x.json: runs[2].options");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Options, MissingKeysKeepTheirDefaults) {
  const auto parsed = parse_options<Outer>({{"rank", 4}, {"inner", {{"rate", 1}}}}, "x");
  EXPECT_EQ(parsed.rank, 4);
  EXPECT_EQ(parsed.gate, Gating::kSigmoid);
  EXPECT_FALSE(parsed.alpha.has_value());
  EXPECT_EQ(parsed.inner.rate, 1);
}

TEST(Options, ParsingWhatWasPrintedGivesTheSame) {
  const auto parsed = parse_options<Outer>({{"alpha", 16}, {"ranks", {3}}}, "x");
  const auto printed = options_to_json(parsed);
  EXPECT_EQ(options_to_json(parse_options<Outer>(printed, "x")), printed);
  EXPECT_EQ(printed["alpha"], 16);
}

TEST(Options, RefusalsNameThePlaceTheValueAndTheWayOut) {
  EXPECT_EQ(refusal(R"({"rank": 0})"), "x.json: runs[2].options.rank: 0 is not positive");
  EXPECT_EQ(refusal(R"({"rank": 1.5})"), "x.json: runs[2].options.rank: 1.5 is not an integer");
  EXPECT_EQ(refusal(R"({"gate": "relu"})"),
            "x.json: runs[2].options.gate: \"relu\" is not one of sigmoid, softmax");
  EXPECT_EQ(refusal(R"({"rnak": 1})"),
            "x.json: runs[2].options: unknown option 'rnak' (did you mean 'rank'?); the options "
            "are alpha, gate, inner, "
            "rank, ranks");
  EXPECT_EQ(refusal(R"({"inner": {"rate": 2}})"),
            "x.json: runs[2].options.inner.rate: 2 is not between 0 and 1");
  EXPECT_EQ(refusal(R"({"inner": 3})"), "x.json: runs[2].options.inner: 3 is not an object");
  EXPECT_EQ(refusal(R"({"ranks": [1, 0]})"),
            "x.json: runs[2].options.ranks: [1,0] is not a list of values that are positive");
}

TEST(Options, AnEnumIsReadAndPrintedByItsNames) {
  const auto parsed = parse_options<Outer>({{"gate", "softmax"}}, "x");
  EXPECT_EQ(parsed.gate, Gating::kSoftmax);
  EXPECT_EQ(options_to_json(parsed)["gate"], "softmax");
  EXPECT_EQ(refusal(R"({"gate": 1})"), "x.json: runs[2].options.gate: 1 is not a string");
  const OptionInfo info = describe_options<Outer>()[2];
  EXPECT_EQ(info.type, "a string");
  EXPECT_EQ(info.default_value, "\"sigmoid\"");
  EXPECT_EQ(info.expectation, "one of sigmoid, softmax");
  Outer wrong;
  wrong.gate = static_cast<Gating>(7);
  EXPECT_THROW(options_to_json(wrong), Error);
}

TEST(Options, AnOlderNameIsReadAndTheNewOnePrinted) {
  const auto parsed = parse_options<Outer>({{"r", 3}}, "x");
  EXPECT_EQ(parsed.rank, 3);
  const auto printed = options_to_json(parsed);
  EXPECT_EQ(printed["rank"], 3);
  EXPECT_FALSE(printed.contains("r"));
  EXPECT_EQ(describe_options<Outer>()[0].name, "rank");
  EXPECT_EQ(describe_options<Outer>()[0].aliases, (std::vector<std::string>{"ranks_in_all", "r"}));
  EXPECT_EQ(refusal(R"({"r": 0})"), "x.json: runs[2].options.r: 0 is not positive");
}

TEST(Options, ANameOfAnotherLibraryIsReadAndOursPrinted) {
  const auto parsed = parse_options<Outer>({{"lora_alpha", 3}}, "x");
  EXPECT_EQ(parsed.alpha, 3);
  EXPECT_FALSE(options_to_json(parsed).contains("lora_alpha"));
  EXPECT_EQ(describe_options<Outer>()[1].elsewhere, std::vector<std::string>{"lora_alpha"});
  EXPECT_EQ(refusal(R"({"alpha": 3, "lora_alpha": 3})"),
            "x.json: runs[2].options: 'alpha' and 'lora_alpha' are names of one option; give "
            "'alpha' alone");
}

TEST(Options, WhatOtherLibrariesSayInAnotherWayIsConverted) {
  EXPECT_EQ(refusal(R"({"use_rslora": true})"),
            "x.json: runs[2].options: there is no option 'use_rslora'; give options.scaling: "
            "\"rank_stabilised\"");
}

TEST(Options, RulesSayTheirLimitsToPrograms) {
  const auto infos = describe_options<Outer>();
  EXPECT_EQ(infos[0].limits.low, 0);
  EXPECT_TRUE(infos[0].limits.low_is_open);
  EXPECT_EQ(infos[2].limits.choices, (std::vector<std::string>{"sigmoid", "softmax"}));
  EXPECT_EQ(infos[3].limits.low, 0);  // of each element
  EXPECT_EQ(infos[4].limits.high, 1);
}

TEST(Options, TwoNamesOfOneOptionAreRefused) {
  EXPECT_EQ(refusal(R"({"r": 3, "rank": 3})"),
            "x.json: runs[2].options: 'r' and 'rank' are names of one option; give 'rank' alone");
  EXPECT_EQ(refusal(R"({"r": 3, "ranks_in_all": 3})"),
            "x.json: runs[2].options: 'r' and 'ranks_in_all' are names of one option; give 'rank' "
            "alone");
}

TEST(Options, IntegersAreReadWholeOrRefused) {
  const auto parsed = parse_options<Outer>(nlohmann::json::parse(R"({"rank": 1000000000})"), "x");
  EXPECT_EQ(parsed.rank, 1000000000);
  EXPECT_EQ(refusal(R"({"rank": 9223372036854775807})"),
            "x.json: runs[2].options.rank: 9223372036854775807 is beyond the largest count, "
            "1000000000");
  const std::string beyond = " is beyond the largest integer, 9223372036854775807";
  EXPECT_EQ(refusal(R"({"rank": 9223372036854775808})"),
            "x.json: runs[2].options.rank: 9223372036854775808" + beyond);
  EXPECT_EQ(refusal(R"({"ranks": [1, 18446744073709551615]})"),
            "x.json: runs[2].options.ranks[1]: 18446744073709551615" + beyond);
  // What is written as a real number is none of the integers, however round.
  EXPECT_EQ(refusal(R"({"rank": 1e19})"), "x.json: runs[2].options.rank: 1e+19 is not an integer");
  EXPECT_EQ(refusal(R"({"rank": 3.0})"), "x.json: runs[2].options.rank: 3.0 is not an integer");
}

TEST(Options, LongValuesAreCutBetweenCharacters) {
  const std::string message =
      refusal(nlohmann::json{{"gate", std::string(56, 'x') + "größe"}}.dump().c_str());
  EXPECT_NE(message.find("xxgr... is not one of"), std::string::npos) << message;
}

TEST(Options, DescriptionHasEveryFieldWithItsDefault) {
  const auto infos = describe_options<Outer>();
  ASSERT_EQ(infos.size(), 5U);
  EXPECT_EQ(infos[1].name, "alpha");
  EXPECT_EQ(infos[1].type, "a number or null");
  EXPECT_EQ(infos[1].default_value, "null");
  EXPECT_EQ(infos[4].name, "inner.rate");
  EXPECT_EQ(infos[4].expectation, "between 0 and 1");
}

}  // namespace
}  // namespace rankwise
