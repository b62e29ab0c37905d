"""First names that are common somewhere: what tells "Marina Beuerle" from "Design Style" where no other word does.

Written down by hand, Latin script, folded (no accents). A list can only speak for a name, never against one: most of the world's
names are not in it.
"""

from __future__ import annotations

FIRST_NAMES = frozenset(
    """
    aaron abby abdul abdullah abel abigail abraham ada adam adele adelina adolf adrian adriana adrien aga agata agatha agnes
    agnieszka ahmad ahmed aida aiden aileen aisha ajay akira alain alan alana alba albert alberto albrecht alec aleksander
    aleksandr aleksandra alena alessandra alessandro alessia alex alexa alexander alexandra alexandre alexandria alexei alexey
    alexia alexis alfonso alfred alfredo ali alice alicia alina alisa alison alissa allan allen allison alma alois alva alvaro
    alyssa amal amanda amar amara amber amelia amelie amin amina amir amit amy ana anais anastasia anders andi andras andre andrea
    andreas andree andrei andres andrew andrey andrzej andy angel angela angelica angelika angelina angelo angie anil anita anja
    anjali anke anna annabel annalena anne annegret anneke annelies anneliese annemarie annett annette annie anniina annika ansgar
    anthony antje antoine anton antonella antonia antonin antonio anusha april ariana ariane ariel arjun arlene armando armin
    arnaud arndt arne arno arnold arthur artur arturo arun asa ashley ashwin asif astrid athena aubrey audrey august augusto
    aurelie aurora austin axel ayse aysegul barbara barbora barney barry bart bas bastian beata beate beatrice beatriz becca becky
    bella ben benedict benedikt benedikte benita benjamin benni benny benoit bernadette bernard bernardo bernd bernhard bert berta
    beth bethany betsy bettina betty bianca bill billy birgit birgitta birte bjarne bjoern bjorn blake blanca bob bobby bodo
    bogdan bonnie boris brad bradley brandon brenda brendan brent brett brian briana bridget brigitta brigitte britta brittany
    brooke bruce bruno bryan bryce burkhard caitlin caleb calvin cameron camila camilla camille candice cara carina carl carla
    carlo carlos carly carmen carol carola carole carolin carolina caroline carolyn carrie carsten casey caspar cassandra cassie
    catalina caterina catherine cathrin cathy catrin cecile cecilia cecilie cedric celeste celia celina celine cem cesar chad
    chandra chantal charles charlie charlotte chelsea chen cherry cheryl chester chiara chloe chris chrissy christa christel
    christian christiana christiane christin christina christine christof christoph christophe christopher christos christy cindy
    claas claire clara clare clarissa claude claudia claudio claus clay clayton clemens clement cliff clinton clive cody colin
    colleen connie connor conny conor conrad constanze cora cordula corey corina corinna corinne cornelia cornelius cory courtney
    craig cristian cristiano cristina curt curtis cynthia cyril cyrille dagmar daisy dalia damian damien dan dana daniel daniela
    daniele daniella danielle danilo danny daphne dario darren daryl dave david davide dawn dean debbie deborah debra deepak
    deepika deirdre delia delphine denis denise dennis derek detlef detlev devin dewi diana diane didier diego dierk dieter
    dietmar dietrich dilip dimitri dina dinesh dirk divya dmitri dmitry dolores domenico dominic dominik dominika dominique don
    donald donna dora doreen dorian doris dorothea dorothee dorothy doug douglas duncan dustin dylan earl eberhard ebru eckart
    eckhard ed edda eddie edgar edith edmund eduard eduardo edward edwin egon eileen ekkehard elaine eleanor elena eleni eleonora
    eli elias elif elina elisa elisabeth elise elizabeth elke ella ellen elliot elliott ellis elmar elodie elsa elvira emil emilia
    emilie emilio emily emine emma emmanuel emre enrico enrique eric erica erich erik erika erin ernest ernesto ernst erwin esra
    esteban estelle esther ethan etienne eugen eugene eugenia eugenio eva eve evelyn evelyne ewa ewald fabian fabiana fabien
    fabienne fabio fabrice fabrizio faisal falk farah farid fatima fatma faye federica federico felicia felicitas felipe felix
    ferdinand fernanda fernando filip filippo filiz finn fiona flavia flavio florence florent florian frances francesca francesco
    francine francis francisco franco francois francoise frank frankie franz franziska fred freddy frederic frederick frederik
    frieda friedemann friedrich fritz gabor gabriel gabriela gabriele gabriella gabrielle gail garrett gary gavin geert gemma gene
    genevieve geoff geoffrey georg george georges georgia georgina gerald geraldine gerard gerd gerda gerhard gernot gero gert
    gertrud giacomo gianluca gianni gilbert gilles gina giorgia giorgio giorgos giovanna giovanni gisela giselle gitta giulia
    giuliano giuseppe glen glenn gloria gonzalo gordon grace graham grant greg gregg gregor gregory greta gretchen grzegorz guido
    guillaume guillermo gunnar gunter gunther gustav gustavo guy gwen hakan hamid han hana hanna hannah hannelore hannes hans
    harald hari harold harriet harrison harry hartmut harvey hasan hassan hauke hazel heather hector heide heidi heike heiko
    heiner heinrich heinz helen helena helene helga helge helmut hendrik henk henning henri henriette henrik henry herbert
    heribert hermann hernan hilary hilde hiroshi holger holly hope horst howard hubert hugh hugo hussein ian ibrahim ida ignacio
    igor ilka ilona ilse imad iman imke ina indira ines inga inge ingeborg ingmar ingo ingrid irena irene irina iris irma isaac
    isabel isabell isabella isabelle isaiah ivan ivana ivo ivonne jack jackie jackson jaclyn jacob jacopo jacqueline jacques jade
    jaime jake jakob jakub james jamie jan jana jane janet janice janina janine janna jannik jaroslav jasmin jasmine jason javier
    jay jean jeanette jeanne jeannette jeff jeffrey jelena jen jenifer jenna jennie jennifer jenny jens jeremiah jeremy jerome
    jerry jess jesse jessica jesus jill jillian jim jimmy jo joachim joan joana joanna joanne joao jochen jodie joe joel joelle
    joerg joern johan johann johanna johannes john johnny jon jonas jonathan jonna jordan jordi jorg jorge jorgen jorn jose josef
    josefine joseph josephine josh joshua josie joy joyce juan juana juanita judith judy juergen jules julia julian juliana
    juliane julianne julie julien juliet juliette julio julius june jurgen justin justine justyna jutta kai kaitlin kaitlyn kaja
    karen karim karin karina karl karla karlheinz karol karolina karoline karsten kasia katarina katarzyna kate katerina katharina
    katherine kathi kathleen kathrin kathryn kathy katia katie katja katrin katrina kay keith kellie kelly ken kendra kenneth
    kenny kerry kerstin kevin khaled khalid kiara kieran kilian kim kimberly kira kiran kirk kirsten kirsty klara klaus klemens
    knut konrad konstantin konstantina korinna krishna krista kristen kristian kristin kristina kristine kristy krystal krzysztof
    kunal kurt kyle lana lance lara larissa larry lars laszlo laura laure lauren laurence laurent laurie lea leah leander lee leif
    leigh leila lena leni lenka leo leon leona leonard leonardo leonie leopold leroy leslie lester leticia levi lewis lia liam
    lidia lila lili lilian liliana lillian lilly lily lina linda lindsay lindsey linus lior lisa lise liselotte liv liz liza lois
    lola lora loraine lorena lorenz lorenzo loretta lori lorraine lothar lou louis louisa louise luc luca lucas lucia lucie lucy
    ludger ludovic ludwig luigi luis luisa luise luiz lukas luke luna lutz lydia lyn lynn mackenzie madeleine madeline madison
    mads magda magdalena maggie magnus mahmoud maia maik maike mairead maja malcolm malte mandy manfred manish manoel manon manuel
    manuela mara marc marcel marcela marcelo marcia marcin marco marcos marcus mareike maren margaret margarete margarita
    margherita margit margo margot margret maria mariah mariam marian mariana marianne marie mariella marietta marija marika
    marilyn marina mario marion marisa marissa marit marius mariya marjorie mark markku marko markus marla marlene marlies marta
    martha marthe marti martijn martin martina martine marty marvin marwan mary mary-ann marzena masha mason massimo mateo mateusz
    mathew mathias mathieu mathilde mathis mats matt matteo matthew matthias matthieu mattia maura maureen maurice mauricio
    maurizio max maxim maxime maximilian maxine maya mechthild megan mehdi mehmet meike melanie melina melinda melissa melvin
    mercedes meredith merle merve mia mica micha michael michaela michal michel michela michele michelle miguel mika mike mikhail
    mikko milan milena miles milos mina mira miranda mireille miriam mirjam mirko miroslav misha mitch mitchell mohamed mohammad
    mohammed mohit moira mona monica monika monique morgan moritz morten moses muhammad murat mustafa myriam nadia nadine nadja
    nagore nancy naomi natalia natalie natascha natasha nate nathalie nathan nathaniel neal neha neil nele nelly nelson nicholas
    nick nicki nico nicola nicolas nicole nicoletta niels nienke nigel nikita nikki niklas niko nikola nikolai nikolas nikolaus
    nils nina nino noah noam noel noelle noemi nora norbert norma norman nuria odette olaf ole oleg oleksandr olga oliver olivia
    olivier omar orlando oscar oskar osman oswald ota otto owen pablo paige pamela paola paolo parisa pascal pascale pat patricia
    patricio patrick patrik patrizia patty paul paula paulina pauline paulo pavel pavlina pawel pedro peggy penelope penny per
    percy perry pete peter petra petri phil philip philipp philippa philippe phillip phoebe phyllis pia pierre piet pieter pilar
    piotr pippa pooja prakash pravin preeti priya priyanka quentin rachel radek rafael rafaela rafal rahul raimund rainer raj
    rajesh rajiv ralf ralph ramon ramona randall randy raoul raphael raquel raul ravi ray raymond rebecca rebekka regina reiner
    reinhard reinhold remi rena renata renate rene renee renzo reto reuben rex rhonda ria ricardo riccardo richard rick ricky rico
    rita rob robbie robert roberta roberto robin rocio rod rodolfo rodrigo roger rohan roland rolf romain roman romina romy ron
    ronald ronja ronny rory rosa rosalie rosanna rose rosemarie rosemary rosie ross roswitha roxana roxanne roy ruben rudi rudolf
    rudy rui rupert russell rutger ruth ryan sabina sabine sabrina sadie sahar said sally salvador salvatore sam samantha samir
    samuel sandeep sandra sandrine sandro sandy sanjay sara sarah sascha sasha saskia saul scarlett scott sean sebastian sebastien
    selena selina selma serena serge sergei sergey sergio severin shana shane shannon sharon shaun shawn sheila shelby shelley
    sherry sheryl shirin shirley shiva shreya sibylle siegfried sigrid silke silvana silvia silvio simon simona simone sina
    siobhan sofia sofie soledad solveig sonia sonja sophia sophie soren spencer stacey stacy stan stanislav stefan stefania
    stefanie stefano steffen steffi stella stepan stephan stephane stephanie stephen steve steven stewart stuart sue suleyman
    summer sunil suresh susan susana susann susanna susanne susi suzanne svea sven svenja svetlana swantje sybille sylvain sylvia
    sylvie tabea tamara tamas tami tammy tania tanja tanya tara taras tariq tatiana tatjana ted terence teresa teri terry tess
    tessa thaddeus thea theo theodor theodore theresa therese thibault thierry thilo thomas thorben thorsten tiago tiffany till
    tilman tim timo timothy tina tine tino tobi tobias todd tom tomas tomasz tommaso tommy toni tony torben torsten tracey tracy
    travis trevor tricia tristan troy tuomas tyler udo ulf uli ulla ulli ulrich ulrike umberto ursula usha uta ute uwe vaclav
    vadim valentin valentina valeria valerie valerio vanessa vasilis veit venkat vera verena verity vernon veronica veronika
    veronique vicky victor victoria vijay vikas vikram viktor viktoria vincent vincenzo viola violet virginia virginie vivek
    vivian viviane vivien vlad vladimir volker volkmar wade walter waltraud wanda warren wayne wendy werner wesley whitney wiebke
    wieland wilfried wilhelm will willi william willy wim winfried wojciech wolf wolfgang wolfram wyatt xavier ximena yann yannick
    yaren yasmin yasmine yoko yolanda youssef yulia yuri yusuf yuval yvan yves yvette yvonne zach zachary zara zeynep zoe zofia
    zoltan zuzana
    """.split()
)
