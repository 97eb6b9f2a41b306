"""How officers come in: links are given by two others, and used by their holder in time."""

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

GUARDS = (_GIVEN, _USED, _RECOVERED)
