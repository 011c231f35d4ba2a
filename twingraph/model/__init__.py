"""The model: records that know no RDF, how they are merged, and look-up across things.

records     what is said of towns and their partnerships, each field with the rule that decides it
merge       the claims of many sources → one view, every disagreement listed
├ membership, snapshots     who was a member when; when registers had a partnership
├ project_identity          one project in several sources, before merging
├ joint_projects            projects joined to partnerships by a rule, after it
lookup      what belongs together: the one place of joins, for release, quality, pages and service
├ chains                    the shortest way from town to town
├ names, labels             by which of its names a thing is called
"""
