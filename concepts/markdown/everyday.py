"""Words that everybody uses without thinking of a term. Pure data.

As a keyword such a word is a term only where a concept is named after it: every text has a body, a
view and a case, and few mean what some earlier lesson did. All others are rare enough to mean what
they were introduced as.
"""

_WORDS = """
about access account act action activity actor add address age agent agreement air alert amount
analysis angle animal answer application apps area argument arm art article assert asset attack
attribute audience author average axis back backend background bag balance ball band bank bar base
basis batch beat bed behavior behaviour benefit block board body bone book border bottle box
branch break breath bridge brief broker bucket budget buffer build building bus business button
buy call camera capital car card care cast cat cause cell center centre chain chance change
channel chapter character charge chart check child choice circle city claim class client clock
cloud club coach code coin color colour column comma command comment commit common communication
community company comparison concept condition conditions connection constant contact container
content context contract control copy core corner cost count country course cover create credit
crop culture current curve customer cut cycle danger data database date day deal death debt
decision default degree demand deploy description design detail development device difference
dimension direction discount distance document domain door drama draw drive drop duration duty
earth ease edge education effect element end energy engine entity entry environment error event
evidence example exception exchange exercise expense expiry expression eye face fact factor fall
family fan feature fetch field fields figure file fill filter final fire fixture flag flow focus
fold folder food foot force form format frame freedom friend function game gap garden gas gate
general ghost goal gold good grade grain grammar graph ground group growth guest guide habit hall
hand handle handler head header health heart heat height help history hold home hook host hour
house idea identity image impact import income index individual industry influence information
input insert instance interest interface interval investment isolation issue item job join journal
judge jump key keyword kind knowledge label labour lag lake land language law layer layout lead
leaf learning lease length lens lesson letter level library life light limit line link list load
loan lock log login loop loss love machine mail main manager map margin mark market mass master
match material matrix matter meaning measure media meeting member memory message metal method
metrics middle mind minute mirror mix mock mode model module moment money month mood moon motion
motor mouth move movement music name nature neck need net network news night node noise note notes
notice number object objective observation offer office oil operation operator opinion option
order organ origin output over owner ownership pace package page pain paint pair paper parameter
parent part partner party passage password past patch path patient pattern payment peace pen
people performance period permission person phase phone phrase picture piece pitch place plan
plane plant plate play player plot plural point policy pool pop population port position post pot
power practice press pressure price principle print prize probability problem procedure process
product production profile profit program progress project promise proof property prose protection
purpose quality quantity question queue race rain random range rank rate ratio reaction reading
reason receive record redirect reference reflection region register relation release repair reply
report request resource response rest result retry return reverse review reward rhythm right ring
risk river road rock role roll room root round route routine row rule run safety salt sample scale
scene schedule schema school science scope score screen script sea search season seat second
secret section security seed select selection self sell send sense sensor sentence sequence series
server service session set settings shade shadow shape share sheet shell shift ship shop shot show
side sight sign signal signing silence sink site size skill skin sky sleep slope social society
soil solution song sound source space spark speaker speech speed spin spirit sport spread spring
stack staff stage stamp standard star start state statement static station status steam step stock
stone stop storage store story strategy stream street strength stress string structure structured
student study style subject success sugar suit sum summary sun supply support surface switch
symbol system table tag talk target task taste tax team technique temperament temperature template
tension term test testing text theme theory thing thread time title token tone tool top topic
touch tour tower town trace track trade traffic train training transfer translation travel tree
trend trial trust truth turn type unit upload use user validation value variable vehicle version
vessel view village virtue vision visit voice volume vote wait walk wall war water wave way
weather weight wheel wind window wine wish witness wood word work worker world writer writing year
yield zone
"""
EVERYDAY = frozenset(_WORDS.split())
