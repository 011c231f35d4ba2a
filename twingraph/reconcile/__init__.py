"""Find the Wikidata item of a town: by its name in any language, its place, code and kind of body.

names, bodies            what a page writes as a name, made comparable and taken apart
countries                which country is meant
entries, codes           what a town is compared with
index, exonyms           entries by name; names in other languages
candidates, places       which entries a name may mean, put together by place
decide                   matched, candidates or none, and why, in words too
gazetteer, live          the lists to look in: a local file, or Wikidata
batch                    a list of towns, or one
ours                     the towns of our registers, as towns to find
register, verify         decisions written down; whether those written down still hold
partners, partner_names  who a project's partner is: an authority, or an organisation
towns, service           our own towns, for others to match their lists against
"""
