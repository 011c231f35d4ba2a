"""The form by which people enter what a page says: what it asks, what was typed, what comes of it.

fields    what it asks for: the format's fields, and what they are called on paper
typed     what was typed: the names of a posted form's fields, as rows within rows
asked     what was chosen, as long as it is asked on the same grounds
finders   where its towns are looked up: registers, or a release
composed  from what was typed to a contribution
desk      what it is filled in against
found     what it names: known, new, or to be chosen
checking  what is wrong, at the fields that it concerns
told      the same in the reader's language
view      rows and fields as the template shows them
page      between one press of a button and the next
doubted   filled in with a fact that a reader says is wrong
opened    filled in with a source of the data
public    of a public service: it ends in a file
"""
