/* The files under functions/ and pages/, compiled in. A new one is a file, an array and a line of a table. */
#include "cqueries.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char claims[] = {
#embed "functions/claims.kql"
};
static const unsigned char collocates[] = {
#embed "functions/collocates.kql"
};
static const unsigned char contradictions[] = {
#embed "functions/contradictions.kql"
};
static const unsigned char cooccurring[] = {
#embed "functions/cooccurring.kql"
};
static const unsigned char date_after[] = {
#embed "functions/date_after.kql"
};
static const unsigned char date_before[] = {
#embed "functions/date_before.kql"
};
static const unsigned char date_overlaps[] = {
#embed "functions/date_overlaps.kql"
};
static const unsigned char keyness[] = {
#embed "functions/keyness.kql"
};
static const unsigned char kwic[] = {
#embed "functions/kwic.kql"
};
static const unsigned char near[] = {
#embed "functions/near.kql"
};
static const unsigned char newsince[] = {
#embed "functions/newsince.kql"
};
static const unsigned char said[] = {
#embed "functions/said.kql"
};
static const unsigned char shortestpath[] = {
#embed "functions/shortestpath.kql"
};
static const unsigned char statements[] = {
#embed "functions/statements.kql"
};
static const unsigned char timeline[] = {
#embed "functions/timeline.kql"
};

#define QUERY(name) {#name, name, sizeof(name)}
static const dossier_query queries[] = {
    QUERY(claims),
    QUERY(collocates),
    QUERY(contradictions),
    QUERY(cooccurring),
    QUERY(date_after),
    QUERY(date_before),
    QUERY(date_overlaps),
    QUERY(keyness),
    QUERY(kwic),
    QUERY(near),
    QUERY(newsince),
    QUERY(said),
    QUERY(shortestpath),
    QUERY(statements),
    QUERY(timeline),
};

static const unsigned char about[] = {
#embed "pages/about.md"
};
static const dossier_query about_page = QUERY(about);

const dossier_query *dossier_page_about(void) { return &about_page; }

const dossier_query *dossier_query_at(size_t index) {
  return index < sizeof(queries) / sizeof(queries[0]) ? &queries[index] : NULL;
}
