#include "cre2.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

struct cre2_pattern {
  re2::RE2 expression;
  cre2_pattern(re2::StringPiece text, const re2::RE2::Options &options) : expression(text, options) {}
};

namespace {
const char *bytes(const uint8_t *text) { return text ? reinterpret_cast<const char *>(text) : ""; }
}  // namespace

cre2_pattern *cre2_compile(const uint8_t *pattern, size_t length) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  return new cre2_pattern(re2::StringPiece(bytes(pattern), length), options);
}

void cre2_free(cre2_pattern *pattern) { delete pattern; }

const char *cre2_error(const cre2_pattern *pattern) {
  return pattern->expression.ok() ? nullptr : pattern->expression.error().c_str();
}

int cre2_group_count(const cre2_pattern *pattern) {
  return pattern->expression.NumberOfCapturingGroups();
}

void cre2_group_names(const cre2_pattern *pattern, void *context,
                      void (*body)(void *context, const char *name, int number)) {
  for (const auto &entry : pattern->expression.CapturingGroupNames()) {
    body(context, entry.second.c_str(), entry.first);
  }
}

int cre2_match(const cre2_pattern *pattern, const uint8_t *text, size_t length, size_t start, int anchor,
               cre2_range *ranges, int range_count) {
  if (!pattern->expression.ok() || start > length) return 0;
  const re2::RE2::Anchor how = anchor == CRE2_ANCHOR_BOTH    ? re2::RE2::ANCHOR_BOTH
                               : anchor == CRE2_ANCHOR_START ? re2::RE2::ANCHOR_START
                                                             : re2::RE2::UNANCHORED;
  const re2::StringPiece whole(bytes(text), length);
  // A fixed buffer serves almost all patterns without an allocation.
  re2::StringPiece few[8];
  std::vector<re2::StringPiece> many;
  re2::StringPiece *groups = few;
  if (range_count > 8) {
    many.resize(range_count);
    groups = many.data();
  }
  if (!pattern->expression.Match(whole, start, length, how, groups, range_count)) return 0;
  for (int index = 0; index < range_count; index++) {
    if (groups[index].data() == nullptr) {
      ranges[index] = {-1, -1};
    } else {
      const ptrdiff_t lower = groups[index].data() - whole.data();
      ranges[index] = {lower, lower + static_cast<ptrdiff_t>(groups[index].size())};
    }
  }
  return 1;
}

void cre2_needles(const uint8_t *pattern, size_t length, void *context,
                  void (*put)(void *context, const uint8_t *bytes, size_t length)) {
  const std::string text(bytes(pattern), length);
  // Without regard to case, a letter may stand for one outside of ASCII (k for the Kelvin sign).
  for (size_t at = text.find("(?"); at != std::string::npos; at = text.find("(?", at + 2)) {
    for (size_t flag = at + 2; flag < text.size() && text[flag] >= 'a' && text[flag] <= 'z'; flag++) {
      if (text[flag] == 'i') return;
    }
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  re2::FilteredRE2 filter(3);
  int id = 0;
  if (filter.Add(text, options, &id) != re2::RE2::NoError) return;
  std::vector<std::string> atoms;
  filter.Compile(&atoms);
  if (atoms.empty() || atoms.size() > 12) return;
  for (const std::string &atom : atoms) {
    for (const char byte : atom) {
      if (static_cast<unsigned char>(byte) >= 0x80) return;
    }
  }
  const auto may_match = [&](const std::vector<bool> &needed) {
    std::vector<int> found, matched;
    for (size_t atom = 0; atom < atoms.size(); atom++) {
      if (!needed[atom]) found.push_back(static_cast<int>(atom));
    }
    filter.AllPotentials(found, &matched);
    return !matched.empty();
  };
  // A set of atoms is needed if all the others together are not enough. Short ones are let go first.
  std::vector<bool> needed(atoms.size(), true);
  if (may_match(needed)) return;
  std::vector<size_t> order(atoms.size());
  for (size_t atom = 0; atom < order.size(); atom++) order[atom] = atom;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return atoms[a].size() != atoms[b].size() ? atoms[a].size() < atoms[b].size() : a < b;
  });
  for (const size_t atom : order) {
    needed[atom] = false;
    if (may_match(needed)) needed[atom] = true;
  }
  for (size_t atom = 0; atom < atoms.size(); atom++) {
    if (needed[atom]) put(context, reinterpret_cast<const uint8_t *>(atoms[atom].data()), atoms[atom].size());
  }
}

void cre2_quote(const uint8_t *text, size_t length, void *context,
                void (*put)(void *context, const uint8_t *bytes, size_t length)) {
  const std::string quoted = re2::RE2::QuoteMeta(re2::StringPiece(bytes(text), length));
  put(context, reinterpret_cast<const uint8_t *>(quoted.data()), quoted.size());
}
