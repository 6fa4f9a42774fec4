"""Abbreviations of other languages than English that are followed by a name, a number or more text."""

from __future__ import annotations

from collections.abc import Mapping

ABBREVIATIONS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "de": "abs allg bd bzgl bzw ca dipl dr evtl fr gem geb gest ggf hr hrn inkl ing insb jh kap max "
        "min mio mrd nr prof rd sog st str tel u.a u.u usw v.a vgl z.b zzgl etc",
        "es": "art av avda aprox cap d dña dr dra dres ee etc fig gral ing lic núm pág págs prof profa sr "
        "sra sres srta tel ud uds uu vol p.ej",
        "fr": "apr art av bd cf chap dr env etc ex fig hab m me mgr mlle mm mme mmes p pp pr prof st ste vol",
        "it": "art avv cap cfr dott dr ecc fig geom ing n on pag prof rag sig sigg sigra vol",
        "pt": "art av cap d dr dra eng etc exmo fig n núm pág prof profa sr sra srs vol",
        "nl": "bijv blz ca dhr dr drs enz etc ing ir mevr mr nr o.a prof resp st z.n",
        "sv": "bl.a ca dr d.v.s etc f.d kl kr m.fl m.m nr osv prof st t.ex",
        "da": "bl.a ca dr d.v.s etc f.eks kl kr mio mia nr osv prof skt",
        "no": "bl.a ca dr d.v.s etc f.eks kl kr mill mrd nr osv prof st",
        "fi": "dr esim jne ks mm n ns nro prof s yms",
        "pl": "art dr godz im in inż itd itp m.in mgr mln mld np nr ok pkt prof r ul św tzn zob zł",
        "cs": "apod atd č dr hod ing mgr mil mld mj např odst prof resp str sv tj tzv ul",
        "ru": "в вв г гг гл д др им млн млрд напр проф руб см стр т.д т.е т.п тыс ул",
        "uk": "в вв г гл д др ім млн млрд напр проф р рр див с т.д тис вул",
    }.items()
}
# Those that can end a sentence: the next word decides.
CAN_END_SENTENCE = frozenset("etc usw ecc enz osv jne itd itp atd apod uu г гг т.д т.п r р рр zł kr".split())
