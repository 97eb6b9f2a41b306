"""How officers come in: links are given by two others, and used by their holder in time; who an
issuer means is said by two others."""

from __future__ import annotations

from app.schema.guards.guard import Guard

_GIVEN = Guard(
    "enrolment_link_by_two",
    "enrolment_link",
    """(new.joint_id is null
      and (not exists (select 1 from {schema}role_grant g
          where g.officer_id = new.officer_id and g.kind = 'founding')
        or exists (select 1 from {schema}officer_password p
          where p.officer_id = new.officer_id)))
    or (new.joint_id is not null and not exists (
      select 1 from {schema}joint_act j where j.id = new.joint_id
      and j.step = 'enrol_link' and j.about = 'officer:' || new.officer_id
      and j.officer_one <> j.officer_two
      and new.officer_id not in (j.officer_one, j.officer_two)))""",
    "enrolment_link: two others give it, or he founded the installation and has no password",
    "insert",
)

_USED = Guard(
    "enrolment_link_use_own",
    "enrolment_link_use",
    """not exists (select 1 from {schema}enrolment_link l
      join {schema}act a on a.id = new.act_id and a.officer_id = l.officer_id
        and a.step = 'set_password'
      where l.id = new.link_id and l.valid_until > new.used_at
        and not exists (select 1 from {schema}enrolment_link n
          where n.officer_id = l.officer_id and n.id > l.id))""",
    "enrolment_link_use: its holder uses his newest link, in time, with a code",
    "insert",
)

_RECOVERED = Guard(
    "recovery_use_newest",
    "recovery_use",
    """exists (select 1 from {schema}recovery_code c join {schema}recovery_code n
      on n.officer_id = c.officer_id and n.batch > c.batch where c.digest = new.digest)""",
    "recovery_use: only the newest ten codes count",
    "insert",
)

_KNOWN = Guard(
    "officer_identity_by_two",
    "officer_identity",
    """not exists (select 1 from {schema}joint_act j where j.id = new.joint_id
      and j.step = case new.subject_key when '' then 'unlink_identity' else 'link_identity' end
      and j.about = 'officer:' || new.officer_id and j.officer_one <> j.officer_two
      and new.officer_id not in (j.officer_one, j.officer_two))
    or new.number <> 1 + (select count(*) from {schema}officer_identity i
      where i.officer_id = new.officer_id)
    or (new.subject_key <> '' and exists (select 1 from {schema}officer_identity i
      where i.subject_key = new.subject_key and not exists (
        select 1 from {schema}officer_identity n
        where n.officer_id = i.officer_id and n.number > i.number)))""",
    "officer_identity: two others link a subject, and to one account",
    "insert",
)

GUARDS = (_GIVEN, _USED, _RECOVERED, _KNOWN)
