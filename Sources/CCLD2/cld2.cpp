#include "ccld2.h"

#include <cstdio>  // The next header uses FILE without including it.

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

ccld2_language ccld2_identify(const uint8_t *text, size_t length) {
  CLD2::Language languages[3];
  int percents[3];
  double scores[3];
  int letters = 0;
  bool is_reliable = false;
  const CLD2::CLDHints none = {nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  CLD2::ExtDetectLanguageSummary(reinterpret_cast<const char *>(text), static_cast<int>(length), true, &none, 0,
                                 languages, percents, scores, nullptr, &letters, &is_reliable);
  int english = 0;
  for (int i = 0; i < 3; i++) {
    if (languages[i] == CLD2::ENGLISH) english = percents[i];
  }
  return {CLD2::LanguageCode(languages[0]), percents[0], english, letters, is_reliable};
}
