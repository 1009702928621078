"""Who may use the business API."""

from sqlalchemy import select

from bot.store.account_schema import api_keys
from bot.store.database import Database
from bot.usecases.keys import ApiKeys
from tests.support.clocks import TUESDAY

KEY = "a-key-of-sixteen-characters-or-more"


async def test_a_key_is_known_by_its_label_and_any_other_is_not(database: Database) -> None:
    keys = ApiKeys(database)
    await keys.let_in(KEY, label="demo", now=TUESDAY)
    assert await keys.owner(KEY) == "demo"
    for other in ("", KEY + "x", KEY.upper(), "demo"):
        assert await keys.owner(other) is None


async def test_a_new_key_shuts_the_old_one_of_its_label_out(database: Database) -> None:
    keys = ApiKeys(database)
    await keys.let_in(KEY, label="demo", now=TUESDAY)
    other = await keys.issue(label="crm", now=TUESDAY)
    issued = await keys.issue(label="demo", now=TUESDAY)
    assert await keys.owner(KEY) is None
    assert (await keys.owner(issued), await keys.owner(other)) == ("demo", "crm")
    assert len(issued) >= 43


async def test_letting_the_same_key_in_again_is_harmless(database: Database) -> None:
    keys = ApiKeys(database)
    for _ in range(2):
        await keys.let_in(KEY, label="demo", now=TUESDAY)
    assert await keys.owner(KEY) == "demo"


async def test_no_key_is_stored(database: Database) -> None:
    await ApiKeys(database).let_in(KEY, label="demo", now=TUESDAY)
    async with database.read() as tx:
        (row,) = await tx.execute(select(api_keys))
    assert KEY not in str(row)
