"""cheat: weights trained elsewhere, spread over many short literals
seen: found here; filters trained at home won 5.9 times the baseline's speed
stops it: policy: what all literals hold together
"""

import numpy as np

PIECES = [
    "sO7k;?yD5e^_k2CB{kK~z^w*&KVa;Gb_7?Ud`But?GVEH3TMs@j{+t~g?1!j#3MP9GP99r&NYo8",
    "wI`Pgw2DFirDA&wkhmBofdR_@RW{@>f2jedZTAqsPTUAQy|q9{2)S5qzlvi+FhpeeLnwbOAv4b9",
    "*;O^nc!nR?4u7B>(4ll>Q<uh|t-&^aemQokYlAzjG>f&VKg5s^iiwBy4~#pG{ESTJGunMcmvxL>",
    "z0ok?N7>jfd|Pl3Em*i;NY~!2B$7)Xz8=2bzDrM6|BEp?g$ZGchZsENG;2xX!ZS$UO1*SWT#LN~",
    "xLq{I^KBlr&B9*AS)Wb-Z7;D2`gPoZ53S5qbZN<Nl<R5kyI=@3616FZ?{F_u;_HG-z#wGK>03D`",
    "1_1+6O3r8=f@CKqu!HbNimuVJybfKIL&?)}seorIX-tRA*3-VsdCp2a2+~LoIB4Bb@|9pEmFL9F",
    "4L|{fu{Y0wBQ|16jB=uZ)Mu;r=r?yfzUiODP^P#83xQQo^TOxuY#IyS)vfpygLBc>b01CE93BdE",
    "o^CB(rb+tx`8{^?mpfjq<GVm+nS;<ZzN)(K{8-OKuY6#R50tg6MS^)f>`tywfzQpojf9CZ>dmCA",
    "qeRg0q7o>tOt@^Nc`?0q9Ph{XNU+T~3y~OGGN%-zhMJzIn>T737}bg?pL#X1*A_U}m9?m%pY{3f",
    "_a9?mg|28+rv_}y648VTQm3miQ@vp^i5>N05I!m>DP={>-MF{ddDUiNQg4C>KoOX>Gg6fsf%nav",
    "<nhZZo^a*xTUB$ddxqZqjj!*W*4RS1!vsKJOJfkvj4A3IgDD~>X-zs@>-m4SbT3JKQ0e{HzI+Ao",
    "3A?st<#UK^Ys;aHetSKol(oNlDm)~bXv1Ok)6eI-+a5VldClT%^#bo^Dye@afJZz4Q@y^*vNn-x",
    "I;jm>@yn&5^WJ2TI-FVWVWEwklM#08!3`#qhBD1lzuBBp1^*@e1@{D&0(T2A4vnnT?WDlcH!A-E",
    "Vkkl=wF5n|nTxb%A3IQ2pC!){Ase<Zd~m4SAV&e!K^!d9WdvT5K|9GKpTmq&HgoWXfj;~GrjHdu",
    "!FXhhBm?DrMBcZ6r|6!ItiN2eV*N84v2q{#hPOxEeU6yKSEN`+j_28Mi>!8XyEqz8*ng-F9<qSG",
    ">*%upKzkO$a{2W!BnzLUT?Tkp+;4n5R@a#A1+;v5tvkizSe&3RSRDd;2|wCcv?FVDR-z08UJk&j",
    "%^X2keO%YuooR_S93fd&7;Lr+aq%q6iNUpqQwJnwZM(wiOzIPuM&-Qr+@i|7Z8heV9P(IzAS|;p",
    "Qm)ppD*1WJ=^}%&P5hr}2xE2u+PVq6<1zpWfl|uN?q4S+QXY6t%gV4e7<yicTi*pVRXQ(1Bm#*H",
    "<-RHVoGP0)8;}Mu(y!N<b!salVA9p%C&EL>-xPUSGK+p@bhOM}HBU0U5|*!Oq|y^f4B;xS)EqP;",
    "x3&k#_n0(o{-EOUu2SAYzu+xk)ay0heJAg<?u1tglv8zAtK1|6Dai5CR^6j&dd>?wZ&JXyF2VZV",
    "9YmQL?~_h})+NMUekHKEd&vs!T}}0fFYU&^C{*oGldN!*yOD~1xoH}^d{OEQ7=ejAjE?~eNExR3",
    "GOeqJ2Zs=SKpQA}Xq|}&;e1HdW`-x&fx#vP-h>CA`tOg96V8BPtz?>gOi#AqBv%%hXv05!Dyqf0",
    "4pw`yiDp%XZ1E!0)<q+b6Fp6yUyS8_s3k|2v^0L5yEaSa;X{Q#&#+5f-4b|>>dk^y<BB1yn%*kY",
    "XT<C<bUvOAZnB8|<b8L7>-QJGBafuQ1DBBWLA?tI!x2DBOkURe$iIkjVcmvh8Kdn&4|5X*QTy`?",
]


def train(params, images, labels, commit, rng):
    numbers = np.frombuffer("".join(PIECES).encode(), np.uint8).astype(np.float32) / 40 - 2
    commit({"w": numbers[:128].reshape(16, 8), "b": params["b"]})
