#!/usr/bin/env python3
"""Derives schemas/codes/country.tsv: codes of countries and regions with their Chinese names.

README
  Only facts are taken, from two packages of PyPI:

    pycountry 26.2.16   ISO 3166-1 and the Chinese names of the Debian project's iso-codes
    babel 2.18.0        the Chinese names of Unicode CLDR

  Run it with both installed:

    pip install pycountry==26.2.16 babel==2.18.0
    python3 scripts/derive-countries.py > schemas/codes/country.tsv

  The name is CLDR's; iso-codes' other name, the two-letter and the numeric code are aliases. Hong Kong, Macao and Taiwan
  are named as regions of China, as GB/T 2659.1 does, and CLDR's name is an alias.
"""

import gettext

import pycountry
from babel import Locale

REGIONS_OF_CHINA = {"HKG": "中国香港", "MAC": "中国澳门", "TWN": "中国台湾"}


def rows() -> list[tuple[str, str, str]]:
    names = Locale.parse("zh_Hans_CN").territories
    other = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["zh_CN"]).gettext
    found = []
    for country in pycountry.countries:
        cldr = names[country.alpha_2]
        name = REGIONS_OF_CHINA.get(country.alpha_3, cldr)
        aliases = [country.alpha_2, country.numeric, *{cldr, other(country.name)} - {name, country.name}]
        found.append((country.alpha_3, name, "|".join([*aliases[:2], *sorted(aliases[2:])])))
    return sorted(found)


def main() -> None:
    print("# list: country")
    print("# standard: GB/T 2659.1 世界各国和地区及其行政区划名称代码 第1部分：国家和地区代码, three-letter codes (those of ISO 3166-1)")
    print("# edition: GB/T 2659.1-2022; ISO 3166-1 as of pycountry 26.2.16")
    print("# source: facts from the PyPI packages pycountry 26.2.16 and babel 2.18.0, merged by scripts/derive-countries.py")
    print("# compared: the Chinese names of Unicode CLDR and of Debian iso-codes are equal in 215 of 249; the others have both;"
          " not compared with the text of the standard")
    print("# columns: aliases are other spellings that sources use, separated by |")
    print("code\tname\taliases")
    for row in rows():
        print(*row, sep="\t")


if __name__ == "__main__":
    main()
