/* The lists under lists/, compiled in. A new one is a file, an array and a line of the table. */
#include "clexicons.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char claim_verbs[] = {
#embed "lists/claim_verbs.txt"
};
static const unsigned char claim_words[] = {
#embed "lists/claim_words.txt"
};
static const unsigned char countries[] = {
#embed "lists/countries.txt"
};
static const unsigned char event_words[] = {
#embed "lists/event_words.txt"
};
static const unsigned char events[] = {
#embed "lists/events.txt"
};
static const unsigned char family_name_first[] = {
#embed "lists/family_name_first.txt"
};
static const unsigned char given_names[] = {
#embed "lists/given_names.txt"
};
static const unsigned char intensifiers[] = {
#embed "lists/intensifiers.txt"
};
static const unsigned char market_indices[] = {
#embed "lists/market_indices.txt"
};
static const unsigned char negators[] = {
#embed "lists/negators.txt"
};
static const unsigned char nominalisations[] = {
#embed "lists/nominalisations.txt"
};
static const unsigned char organisation_words[] = {
#embed "lists/organisation_words.txt"
};
static const unsigned char organisations[] = {
#embed "lists/organisations.txt"
};
static const unsigned char places[] = {
#embed "lists/places.txt"
};
static const unsigned char products[] = {
#embed "lists/products.txt"
};
static const unsigned char reporting_verbs[] = {
#embed "lists/reporting_verbs.txt"
};
static const unsigned char roles[] = {
#embed "lists/roles.txt"
};
static const unsigned char speech_acts[] = {
#embed "lists/speech_acts.txt"
};
static const unsigned char target_weights[] = {
#embed "lists/target_weights.txt"
};
static const unsigned char titles[] = {
#embed "lists/titles.txt"
};
static const unsigned char tone_words[] = {
#embed "lists/tone_words.txt"
};
static const unsigned char units[] = {
#embed "lists/units.txt"
};

#define LIST(name) {#name, name, sizeof(name)}
static const dossier_lexicon lexicons[] = {
    LIST(claim_verbs),     LIST(claim_words),
    LIST(countries),       LIST(family_name_first),  LIST(given_names),   LIST(intensifiers),
    LIST(negators),        LIST(organisation_words), LIST(organisations), LIST(reporting_verbs),
    LIST(roles),           LIST(speech_acts),        LIST(titles),
    LIST(tone_words),      LIST(target_weights),    LIST(units),
    LIST(event_words),     LIST(market_indices),     LIST(products),           LIST(places),
    LIST(events),          LIST(nominalisations),
};

const dossier_lexicon *dossier_lexicon_at(size_t index) {
  return index < sizeof(lexicons) / sizeof(lexicons[0]) ? &lexicons[index] : NULL;
}
