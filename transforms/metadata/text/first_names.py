"""Lists common first names, which distinguish "Marina Beuerle" from "Design Style" if no other word does.

Written down by hand, Latin script, folded (no accents). A list can only speak for a name, never against one: most of the world's
names are not in it.
"""

from __future__ import annotations

FIRST_NAMES = frozenset(
    """
    aarav aaron abby abdel abdou abdul abdullah abebe abel abigail abiodun abraham abu achim ada adaeze adam adebayo adele
    adelina adeola adnan adolf adrian adriana adrien adwoa aga agata agatha agnes agnieszka ahmad ahmed ahmet aida aiden aileen
    aine ainhoa aino aisha aishwarya ajay akiko akira akos aksel alain alan alana alasdair alastair alba alban albert alberto
    albrecht alda aldo alec alejandra alejandro aleksander aleksandr aleksandra alena alessandra alessandro alessia alessio alex
    alexa alexander alexandra alexandre alexandria alexandru alexei alexey alexia alexis alfie alfonso alfred alfredo ali alice
    alicia alina alisa alison alissa alistair aliyah allan allen allison alma alois aloys alva alvaro alwin alyssa amadou amal
    amalia amanda amani amar amara amber ambrose amelia amelie amin amina amir amit amos amy ana anais anand ananya anastasia
    anatoly anders andi andras andre andrea andreas andree andrei andrej andres andrew andrey androulla andrzej andy aneta angel
    angela angelica angelika angelina angelo angie angus anika anil anirudh anisa anita anja anjali anjum anke anna annabel
    annalena anne annegret anneke annelie annelies anneliese annemarie annemiek annett annette annie anniina annika annina anouk
    anselm ansgar anthony antje antoine anton antonella antonia antonin antonio antonis anurag anusha apolline april aram arash
    archie ariana ariane ariel aristide arjan arjun arkadiusz arlene arman armando armin arnaud arndt arne arno arnold arthur
    arto artur arturo arun arvid asa asbjorn aseel ash ashley ashok ashraf ashwin asif aslaug asmaa astri astrid athena atle
    attila aubrey audrey august augusto aurelie aurora austin avery avi avital axel ayaan ayana ayesha ayman ayse aysegul aziz
    azra balazs balint baptiste barbara barbora barnabas barney barry bart bas basil bastian beata beate beatrice beatrix
    beatriz becca becky bela bella ben bence bendik benedict benedikt benedikte benita benjamin benni benno benny benoit berit
    bernadette bernard bernardo bernd bernhard bert berta bertrand beth bethany betsy bettina betty bianca bijan bilal bill
    billy birgit birgitta birte bjarne bjoern bjorg bjorn blake blanca blaz blazej boaz bob bobby bodo bogdan bohdan boleslaw
    bonnie boris bozena brad bradley brandon brenda brendan brent brett brian briana bridget brigid brigitta brigitte britta
    brittany brooke bruce bruno bryan bryce brynn burkhard caio caitlin caleb calvin cameron camila camilla camille camillo
    candice cara carina carl carla carlo carlos carlotta carly carme carmen carol carola carole carolin carolina caroline
    carolyn carrie carsten cas casey caspar cassandra cassie catalina caterina catherine cathrin cathy catrin catriona cecile
    cecilia cecilie cedric celeste celia celina celine cem ceri cerys cesar chad chandra chantal charles charlie charlotte
    chelsea chen cherry cheryl chester chiara chidi chikako chinedu chinua chloe chris chrissy christa christel christian
    christiana christiane christin christina christine christof christoph christophe christopher christos christy cian ciara
    cillian cindy claas claire clara clare clarissa claude claudia claudio claus clay clayton clemens clement clementine cleo
    cliff clinton clive cody colin colleen colm conall connie connor conny conor conrad constantin constanze cora cordula
    corentin corey corina corinna corinne cormac cornelia cornelius cory cosima cosmin costas courtney craig cristian cristiano
    cristina csaba curt curtis cynthia cyril cyrille daan dace dagmar dai daichi daiki daisy dalia dalton damian damien damir
    dan dana daniel daniela daniele daniella danielle danilo danny danuta daphna daphne dario dariusz darko darragh darren
    darshan daryl dave david davide dawid dawn dean debbie deborah debra declan deepa deepak deepika deirdre delia delphine
    denis denise deniz dennis derek desmond detlef detlev devin devon dewi dhruv diana diane diarmuid didier diego dierk dieter
    dietmar dietrich dieudonne dilip dimitar dimitri dimitrios dimitris dina dinesh dirk dirkje divya djamila dmitri dmitry
    dmytro dolly dolores domagoj domenico dominic dominik dominika dominique don donald donna dora doreen dorian doris dorota
    dorothea dorothee dorothy dorte doug douglas dov dragan drew dries duncan dunja dusan dustin dwayne dylan eamon earl ebba
    ebbe eberhard ebru eckart eckhard ed edda eddie edgar edina edith edmond edmund edson eduard eduardo edward edwin efrat efua
    egon eileen eilidh einar eino eirik eitan ekaterina ekkehard elad elaine elchin eldar eleanor eleftheria elena eleni
    eleonora elham eli elias elif elin elina elinor elisa elisabet elisabeth elise eliska elizabeth elke ella ellen elliot
    elliott ellis elmar elodie elsa eluned elvira emeka emeric emil emilia emilie emilija emilio emily emine emir emma emmanuel
    emmeline emre emrys endre enrico enrique eoghan eoin erez eric erica erich erik erika erin erlend ernest ernesto ernst erwin
    esa eskil esra esteban estelle esther eszter ethan etienne eugen eugene eugenia eugenio eunice eva evangelos eve eveline
    evelyn evelyne evgeny ewa ewald ewan eyal fabian fabiana fabien fabienne fabio fabrice fabrizio fadi faisal faiza falk farah
    farhad farid farida fatima fatma fatou faye federica federico felicia felicitas felipe felix femke ferdinand ferenc fergal
    fergus fernanda fernando fikret filip filippo filiz finn fiona fiorella flavia flavio fleur florence florent florian florin
    folke fran frances francesca francesco francine francis francisco franco francois francoise frank frankie franz franziska
    fred freddy frederic frederick frederik fredrik frida frieda friedemann friedrich fritz frode fumiko gabor gabriel gabriela
    gabriele gabriella gabrielle gael gail gareth garrett gary gaspard gaute gavin geert geir gemma gene genevieve geoff
    geoffrey georg george georges georgia georgina geraint gerald geraldine gerard gerd gerda gergely gerhard germain gernot
    gero gert gertrud gethin ghassan giacomo gianluca gianni gideon gilad gilbert gilles gina giorgia giorgio giorgos giovanna
    giovanni gisela giselle gitta gitte giulia giuliano giuseppe giuseppina glen glenn gloria gonzalo goran gordon gosia grace
    graeme graham grainne grant greg gregg gregor gregory greta gretchen gretel griffin gro grzegorz gudrun guido guillaume
    guillermo gunnar gunter gunther gustav gustavo guus guy gwen gwyn gwyneth gyorgy haakon habib hadi hadiya hakan hakeem
    haldor halvor hamid hamza han hana hanna hannah hanne hannelore hannes hans harald hari harold harriet harrison harry
    hartmut haruki haruto harvey hasan hassan hassanal hauke havard hazel heather hector hedda hedvig hege heide heidi heidrun
    heike heiki heikki heiko heiner heinrich heinz helen helena helene helga helge helle helmut hemant hendrik henk henning
    henny henri henriette henrik henry herbert heribert hermann hernan hilary hilda hilde hiroko hiroshi holger holly hope horst
    hossein howard hristo hubert hubertus hugh hugo hussein hye ian ibrahim ibtissam ida idris ieva ifeoma ifor ignacio ignacy
    igor ildiko ilka ilker illiam ilmari ilona ilse imad iman imke imogen imran ina indira ines inga inge ingeborg ingmar ingo
    ingolf ingrid ingunn inka inna ioana ioannis iolo irakli irena irene irina iris irma irmgard isa isaac isabeau isabel
    isabell isabella isabelle isaiah isak ishaan isla ismael ismail isolde istvan itai itziar ivan ivana ivar ivica ivo ivonne
    ivor iwan iwona izabela jaakko jaap jacek jack jackie jackson jaclyn jacob jacopo jacqueline jacques jade jadwiga jaime
    jairo jake jakob jakub jalal james jamie jan jana jane janet janez janice janina janine janko janna jannik janos jari
    jarmila jaromir jaroslav jaroslaw jasmin jasmine jason jasper javier jay jean jeanette jeanne jeannette jedrzej jeff jeffrey
    jelena jelle jen jenifer jenna jennie jennifer jenny jens jeremiah jeremias jeremy jeroen jerome jerry jerzy jess jesse
    jessica jesus jette jill jillian jim jimmy jiri jo joachim joan joana joanna joanne joao joaquin jocelyn jochen jodie joe
    joel joelle joerg joern johan johann johanna johannes john johnny joke jolanda jolanta jon jonas jonathan jonna joost jordan
    jordi jorg jorge jorgen joris jorn jorunn jose josef josefine josep joseph josephine josh joshua josie jovana joy joyce
    jozef juan juana juanita judith judy juergen juha jukka jules julia julian juliana juliane julianne julie julien juliet
    juliette julio julita julius june junko jurgen jurij jussi justin justine justyna jutta kaan kacper kai kaitlin kaitlyn kaja
    kamal kamil kamila kaori kaoru karen kari karim karin karina karl karla karlheinz karol karolien karolina karoline karsten
    kasia kasper katalin katarina katarzyna kate katerina katharina katherine kathi kathleen kathrin kathryn kathy katia katie
    katinka katja katrijn katrin katrina katsumi kavita kay kazimierz kazuo kees keiko keira keith kellie kelly ken kendra kenji
    kenneth kenny kerem kerry kerstin kevin khaled khalid kiara kieran kilian kim kimberly kira kiran kirk kirsten kirsty klara
    klaus klemens knut konrad konstantin konstantina korinna krishna krista kristen kristian kristijan kristin kristina kristine
    kristof kristoffer kristy krystal krzysztof kunal kurt kwabena kwame kyle kyoko lada ladislav laila lamine lana lance lara
    larissa larry lars lasse laszlo laura laure lauren laurence laurent laurie lazar lea leah leander leandro lee leif leigh
    leila lena leni lenka lennart leo leon leona leonard leonardo leonie leopold leroy leslie lester leszek leticia lev levente
    levi lewis lia liam lidia lieke liesbeth lieselotte ligia liina lila lili lilian liliana lilja lillian lilly lily lina linda
    lindsay lindsey linn linnea linus lior lisa lisbeth lise liselotte liv liva liz liza ljiljana ljubica llewellyn llinos lode
    loic lois lola lone lonneke lora loraine lorcan lorena lorenz lorenzo loretta lori lorraine lothar lotta lotte lou louis
    louisa louise lubomir lubos luc luca lucas lucia lucie lucien lucja lucy ludger ludmila ludovic ludwig luigi luis luisa
    luise luiz luka lukas lukasz luke luna lutz luuk lydia lyn lynn maarten maciej mackenzie madeleine madeline madison mads
    maeve magali magda magdalena maggie magne magnus mahmoud maia maik maike mairead mairi maja makoto malcolm malgorzata malik
    malin malte malwina mamadou mandy manfred manish manju manoel manolis manon mansour manuel manuela mara marc marcel marcela
    marcelo marcia marcin marco marcos marcus mareike marek maren margaret margarete margarita margherita margit margo margot
    margret maria mariah mariam marian mariana marianne marie mariella marietta marija marijke marika marilyn marina mario
    marion marisa marissa marit marius mariya marja marjorie mark markku marko markos markus marla marlene marlies marta martha
    marthe marthinus marti martijn martin martina martine marty martyna marvin marwan mary mary-ann marzena masato masha mason
    massimo matej mateja mateo mateusz mathew mathias mathieu mathilde mathis matilde mats matt matteo matthew matthias matthieu
    mattia mattias maura maureen maurice mauricio maurizio max maxim maxime maximilian maxine maya mayumi mechthild meera megan
    mehdi mehmed mehmet mei meike meinrad melanie melanija melina melinda melissa melvin memet menno mercedes meredith merete
    merle merve metin mette mia mica micha michael michaela michal michel michela michele michelle michiel mieke miguel mihaela
    mihai mijo mika mike mikhail mikko mila milan milena miles milica milla milorad milos mina minna mira miranda mireille
    mirela miriam mirja mirjam mirka mirko miroslav miroslaw misha mitch mitchell moana mohamed mohammad mohammed mohit moira
    mojca mona monica monika monique morag mordechai morgan moritz morten morwenna moses moshe mostafa moussa mubarak muhammad
    murat muriel mustafa mustapha myriam nabil nadav nadia nadine nadja nagore naima najib nancy naoki naoko naomi narendra
    nasser natalia natalie natasa natascha natasha nate nathalie nathan nathaniel navid neal neda nedim neha neil nele nelly
    nelson nenad nerys neven ngozi niall niamh nicholas nick nicki nico nicola nicolae nicolaj nicolas nicole nicoletta niels
    nienke nigel nikhil nikita nikki niklas niko nikola nikolai nikolas nikolaus nikos nils nilufer nimrod nina nino niraj
    nirmala nisha nissim nives noa noah noam noel noelle noemi nora norbert norihiro noriko norma norman nour nuria obinna
    oddvar odette ofer ola olaf olav olavi olawale ole oleg oleksandr oleksandra olena olga olive oliver olivia olivier olufemi
    olumide olwen omar onur oona orhan oriol orla orlando orsolya osama osamu oscar oskar osman ossian oswald ota otmar ottavia
    otto owain owen oystein ozan pablo padma padraig paige paivi pamela panagiotis paola paolo parisa parvati pascal pascale pat
    patricia patricio patrick patrik patrizia patrycja patty paul paula pauli paulina pauline paulo pavel pavlina pavol pawel
    pedro peggy pekka penelope penny per percy perla perry petar pete peter peteris petr petra petri petros petter phil philip
    philipp philippa philippe phillip phoebe phyllis pia pierce pierre piet pieter pilar pim piotr pippa piroska pontus pooja
    prakash pravin predrag preeti priit prisca priya priyanka przemyslaw quentin quirin rachel radek radka radoslav radovan
    rafael rafaela rafal rafiq ragnar ragnhild rahul raimund rainer raisa raj rajeev rajesh rajiv ralf ralph raluca ramesh ramin
    ramon ramona rana randall randy ranjit ranveig raoul raphael raquel rasa rashid rasmus rastislav raul ravi ray raymond
    razvan rebecca rebekka regina reidar reiko reiner reinhard reinhold remi rena renata renate rene renee renzo resul reto
    reuben rex reza rhiannon rhodri rhona rhonda rhys ria ricardo riccardo richard rick ricky rico riikka rikke rinat rita riyad
    roald roar rob robbie robert roberta roberto robin robrecht rocco rocio rod roderick rodolfo rodrigo roger rohan rohit
    roisin roland rolf romain roman romeo romina romy ron ronald ronan ronja ronny roos rory rosa rosalie rosalind rosaline
    rosanna rose rosemarie rosemary roshan rosie ross rostislav roswitha rowan roxana roxanne roy ruairi ruben rudi rudolf rudy
    rui rune rupert russell ruta rutger ruth ryan ryo ryszard saad saana sabah sabina sabine sabrina sadia sadie saeed sahar
    said sakari salah salim sally salma salome salvador salvatore sam samantha sami samir samira sampo samu samuel sandeep
    sander sandra sandrine sandro sandy sanjay sanna sanne santiago santtu saoirse saqib sara sarah sarita sasa sascha sasha
    saskia satoshi satu saul savina scarlett scott seamus sean sebastian sebastien sebnem seda selena selim selina selma semra
    serena serge sergei sergej sergey sergio serhiy seung severin seyed shalini shana shane shannon shanti sharon shaun shawn
    sheila shelby shelley sherry sheryl shira shirin shirley shiva shlomo shoko shreya sibylle siddharth siegfried sietske
    sigrid sigurd silje silke silvana silvia silvio simen simge simon simona simone sina sinan sinead siobhan sioned sirpa siv
    slavko slawomir slobodan snezana snorri sofia sofie soizic soledad solveig somchai sonal sondre sonia sonja sophia sophie
    soraya soren sorin spencer spiros srdjan stacey stacy stan stanislav stanislaw stefan stefania stefanie stefano steffen
    steffi steinar stelian stella stepan stephan stephane stephanie stephen steve steven stewart stig stijn stina stipe stuart
    sudhir sue sukhdeep suleiman suleyman summer sunil suniti suresh susan susana susann susanna susanne susi suzanne svea svein
    sven svenja sverre svetlana swantje swati sybille sylvain sylvia sylvie sylwia synnove szymon tabea tadeusz tadhg taina
    taisto takashi takeshi tamar tamara tamas tami tamir tammy tania tanja tanvi tanya tapani tapio tara taras tariq tarja taro
    tatiana tatjana ted teemu tegan terence teresa terhi teri terry tess tessa thaddeus thea theo theodor theodore theresa
    therese thibault thierry thijs thilo thomas thomasina thor thorben thorsten thulani tiago tibor tiffany tiia tiina till
    tilman tim timo timothy tina tine tino titus tjaart tobey tobi tobias toby todd tom tomas tomasz tommaso tommy tomoko toni
    tony tor torben torbjorn tord tore torstein torsten toshio tova tracey tracy travis trevor tricia trine tristan trond troy
    truls trygve tudur tuomas tuula tyler tymon tyrone udo uffe ulf uli ulises ulla ulli ulrich ulrik ulrike umar umberto unai
    ursula usha uta ute uwe vaclav vadim valentijn valentin valentina valeria valerie valerij valerio vanessa vanja varun vasile
    vasilis vassilis veerle vegard veit venkat vera verena verity vernon veronica veronika veronique vesna vicky victor victoria
    vidar viggo vijay vikas vikram viktor viktoria viljo ville vinay vincent vincenzo vinod viola violet violeta virginia
    virginie virpi vitalij vivek vivian viviane vivien vlad vladimir vlado vojtech volker volkmar volodymyr wade waleed walter
    waltraud wambui wanda wanjiku warren wayne wendy werner wesley whitney wiebe wiebke wieland wieslaw wilfried wilhelm will
    willem willi william willy wim winfried wioletta witold wojciech wolf wolfgang wolfram wouter wyatt wyn xabier xavier ximena
    xiomara yael yaniv yann yannick yannis yaren yasemin yasmin yasmina yasmine yaw yehuda yigal yoav yoko yolanda yoram yosef
    yoshiko youssef yuki yulia yuri yusuf yuval yvan yves yvette yvonne zach zachary zahra zainab zara zbigniew zdenek zdenka
    zehra zeljko zeynep zoe zofia zoltan zoran zsofia zsuzsa zuzana zvi zygmunt
    """.split()
)
